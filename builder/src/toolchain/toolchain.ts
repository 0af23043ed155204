// The build tools, all of them Debian trixie's own whatever the machine runs: gcc, mksquashfs, xorriso, GRUB...
// One folder with the united packages of the toolchain section, entered with chroot (in a user namespace when the
// caller is not root). That is what makes products byte-identical on Debian 12 and 13.

import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from '../cache.ts';
import { produce } from '../cache.ts';
import type { Lock } from '../debian/lock.ts';
import { epochOf } from '../debian/lock.ts';
import { unpackSection } from '../debian/unpack.ts';
import type { CommandResult } from '../run-command.ts';
import { runCommand } from '../run-command.ts';
import type { Workspace } from '../workspace.ts';

export interface Toolchain {
  readonly product: Product;
  /** Seconds since 1970 for every time stamp. */
  readonly epoch: number;
  /** Runs a tool with the given folders of this machine visible under the given paths. */
  run(command: readonly string[], binds: Readonly<Record<string, string>>, options?: { readonly cwd?: string; readonly input?: string | Uint8Array }): Promise<CommandResult>;
}

export async function openToolchain(workspace: Workspace, lock: Lock): Promise<Toolchain> {
  const packages = lock.sections.toolchain;
  const product = await produce(workspace, 'toolchain', { text: ['v4', packages] }, async (into) => {
    const tree = await unpackSection(workspace, lock, 'toolchain');
    for (const name of tree.names) cpSync(tree.of(name), into, { recursive: true, verbatimSymlinks: true, force: true });
    for (const folder of ['dev', 'proc', 'tmp', 'mnt']) mkdirSync(join(into, folder), { recursive: true });
    // What maintainer scripts would have made.
    symlink('busybox', join(into, 'usr/bin/sh'));
    for (const folder of ['bin', 'sbin', 'lib', 'lib64']) symlink(`usr/${folder}`, join(into, folder));
    // busybox for whatever the packages leave out: cp, find, touch...
    const applets = 'for name in $(busybox --list); do [ -e /usr/bin/$name ] || [ -e /usr/sbin/$name ] || busybox ln -s busybox /usr/bin/$name; done';
    await runCommand([...unshare(), 'chroot', into, '/usr/bin/sh', '-c', applets], { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  });
  const epoch = epochOf(lock);
  return {
    product,
    epoch,
    run(command, binds, options = {}) {
      const script = [
        'set -e',
        'root=$1; shift',
        'mount --make-rprivate / 2>/dev/null || true',
        'mount --rbind /dev "$root/dev"',
        'mount --rbind /proc "$root/proc"',
        'mount -t tmpfs mnt "$root/mnt"',
        'while [ "$1" != -- ]; do mkdir -p "$root$2"; mount --bind "$1" "$root$2"; shift 2; done; shift',
        'cwd=$1; shift',
        'exec chroot "$root" /usr/bin/busybox env -i PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 HOME=/tmp ' +
          `SOURCE_DATE_EPOCH=${epoch} /usr/bin/sh -c 'cd "$1"; shift; exec "$@"' sh "$cwd" "$@"`,
      ].join('\n');
      const pairs = Object.entries(binds).flatMap(([inside, outside]) => [outside, `/mnt/${inside}`]);
      return runCommand([...unshare(), 'sh', '-c', script, 'toolchain', product.path, ...pairs, '--', options.cwd ?? '/mnt', ...command], {
        name: command.join(' ').slice(0, 120),
        ...(options.input !== undefined && { input: options.input }),
      });
    },
  };
}

/** Namespaces to chroot and mount in; without root, root only in there. */
function unshare(): readonly string[] {
  return process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--user', '--map-root-user', '--mount'];
}

function symlink(target: string, path: string): void {
  if (existsSync(path)) return;
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
