// An image for User Docker's containers, from Debian's busybox: there is no registry to pull from in a test.

import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { produce, runCommand } from '@drover/builder';
import type { Workspace } from '@drover/builder';
import { RosError } from '@drover/core';
import type { Supplies } from '../guests/initramfs.ts';
import { openSupplies } from '../guests/initramfs.ts';
import type { Machine } from '../machine/index.ts';

export const BUSYBOX = 'busybox:e2e';

const LIBRARIES = ['libc.so.6', 'libresolv.so.2'];

/** A compressed root file system, for `docker import`. */
async function buildBusyboxImage(workspace: Workspace): Promise<string> {
  const supplies = await openSupplies(workspace);
  const product = await produce(workspace, 'busybox-image', { text: ['v1', supplies.locked] }, async (into) => {
    const root = join(into, 'root');
    for (const folder of ['bin', 'tmp', 'etc', 'lib64', 'usr/lib', 'root', 'proc', 'sys', 'dev']) mkdirSync(join(root, folder), { recursive: true });
    cpSync(located(supplies, '/usr/bin/busybox'), join(root, 'bin/busybox'));
    const loader = join(root, 'lib64/ld-linux-x86-64.so.2');
    cpSync(located(supplies, '/usr/lib64/ld-linux-x86-64.so.2'), loader);
    for (const name of LIBRARIES) cpSync(located(supplies, `/usr/lib/x86_64-linux-gnu/${name}`), join(root, 'usr/lib', name));
    symlinkSync('usr/lib', join(root, 'lib'));
    const { stdout } = await runCommand([loader, '--library-path', join(root, 'usr/lib'), join(root, 'bin/busybox'), '--list']);
    for (const applet of stdout.toString().trim().split('\n')) if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
    await runCommand(['tar', '-C', root, '--sort=name', '--owner=0', '--group=0', '--numeric-owner', '-czf', join(into, 'busybox.tar.gz'), '.']);
    rmSync(root, { recursive: true });
  });
  return join(product.path, 'busybox.tar.gz');
}

function located({ packages }: Supplies, path: string): string {
  const found = packages.locate(path);
  if (found === undefined) throw new RosError('no-file', `packages.lock brings no ${path}`);
  return found.file;
}

/** User Docker answers the docker command, which is started once: again and again, it would take an emulated processor from the boot. */
export async function waitUserDocker(machine: Machine, deadlineMs = 180_000): Promise<void> {
  await machine.ssh.ok('wait-for-docker && docker version --format "{{.Server.Version}}"', { deadlineMs });
}

/** User Docker answers and has the image BUSYBOX. */
export async function loadBusybox(workspace: Workspace, machine: Machine): Promise<void> {
  const file = await buildBusyboxImage(workspace);
  await waitUserDocker(machine);
  await machine.ssh.ok(`docker image inspect ${BUSYBOX} >/dev/null 2>&1 || docker import --change 'CMD ["sh"]' - ${BUSYBOX}`, { input: readFileSync(file), deadlineMs: 180_000 });
}
