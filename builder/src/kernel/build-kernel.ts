// The kernel and its modules from Debian's package: vmlinuz as it is, modules decompressed (squashfs compresses them
// better together) with depmod's indexes.

import { copyFileSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Product } from '../cache.ts';
import { produce } from '../cache.ts';
import type { Lock } from '../debian/lock.ts';
import type { PackageTree } from '../debian/unpack.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { Workspace } from '../workspace.ts';

export interface Kernel {
  readonly product: Product;
  /** `uname -r` */
  readonly release: string;
}

/** Modules nobody runs a container host with; each line of the table is a folder below kernel/. */
const LEFT_OUT = ['drivers/comedi', 'drivers/soundwire', 'net/dccp', 'net/rds', 'net/tipc', 'fs/orangefs', 'fs/sysv', 'fs/zonefs', 'fs/romfs'];

export async function buildKernel(workspace: Workspace, lock: Lock, toolchain: Toolchain, packages: PackageTree): Promise<Kernel> {
  const image = lock.sections.system.find((one) => /^linux-image-\d/.test(one.name));
  if (image === undefined) throw new RosError('kernel-missing', 'packages.lock has no linux-image', { hint: 'run ./dev update-lock' });
  const release = image.name.slice('linux-image-'.length);
  const product = await produce(workspace, 'kernel', { text: ['v3', image, LEFT_OUT], products: [toolchain.product] }, async (into) => {
    const source = packages.of(image.name);
    copyFileSync(join(source, `boot/vmlinuz-${release}`), join(into, 'vmlinuz'));
    mkdirSync(join(into, 'root/usr/lib/modules'), { recursive: true });
    symlinkSync('usr/lib', join(into, 'root/lib')); // where depmod looks
    const from = join(source, 'usr/lib/modules', release);
    const left = LEFT_OUT.map((folder) => join(from, 'kernel', folder));
    cpSync(from, join(into, 'root/usr/lib/modules', release), { recursive: true, filter: (path) => !left.includes(path) });
    await toolchain.run(['sh', '-ec', `find /mnt/root -name '*.ko.xz' | xargs -P 4 -n 64 busybox unxz; depmod -b /mnt/root ${release}`], { root: join(into, 'root') });
    writeFileSync(join(into, 'release'), release);
  });
  return { product, release };
}

export function modulesFolder(kernel: Kernel): string {
  return join(kernel.product.path, 'root/usr/lib/modules', kernel.release);
}

/** All .ko files, as paths below the modules folder. */
export function listModules(kernel: Kernel): string[] {
  const folder = modulesFolder(kernel);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ko'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}
