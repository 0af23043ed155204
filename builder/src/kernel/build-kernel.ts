// The kernel and its modules from Debian's package: vmlinuz as it is, modules decompressed (squashfs compresses them
// better together) and without signatures, with depmod's indexes.

import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Product } from '../cache.ts';
import { produce } from '../cache.ts';
import type { Lock } from '../debian/lock.ts';
import type { PackageTree } from '../debian/unpack.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { Workspace } from '../workspace.ts';
import { dependenciesOf, moduleName } from './modinfo.ts';
import { withoutSignature } from './module-signature.ts';

export interface Kernel {
  readonly product: Product;
  /** `uname -r` */
  readonly release: string;
}

/**
 * Modules nobody runs a container host with: folders and modules (without their endings) below kernel/. Network,
 * storage and virtualization stay whole; what depends on something in this list must be in it, too.
 */
export const LEFT_OUT: readonly string[] = [
  // desktops, cameras, laboratories, game controllers
  'drivers/comedi', 'drivers/soundwire', 'drivers/media', 'drivers/platform/surface', 'drivers/hid/surface-hid', 'drivers/power/supply/surface_battery', 'drivers/power/supply/surface_charger',
  ...['axff', 'dr', 'emsff', 'gaff', 'nintendo', 'picolcd', 'pl', 'playstation', 'sjoy', 'steam', 'udraw-ps3', 'wiimote', 'zpff'].map((name) => `drivers/hid/hid-${name}`),
  // protocols and file systems without users, or (bcachefs) that the kernel itself has dropped since
  'net/dccp', 'net/rds', 'net/tipc', 'fs/bcachefs', 'fs/orangefs', 'fs/sysv', 'fs/zonefs', 'fs/romfs',
  // InfiniBand and RDMA (mlx5_core, the Ethernet driver, stays), and what runs over it
  'drivers/infiniband', 'drivers/nvme/host/nvme-rdma', 'drivers/nvme/target/nvmet-rdma', 'net/sunrpc/xprtrdma', 'net/smc',
  // being a SCSI target for other machines
  'drivers/target', 'drivers/vhost/vhost_scsi', 'drivers/xen/xen-scsiback',
  // devices that exist for tests of the kernel
  'drivers/block/null_blk', 'drivers/scsi/scsi_debug',
];

export async function buildKernel(workspace: Workspace, lock: Lock, toolchain: Toolchain, packages: PackageTree): Promise<Kernel> {
  const image = lock.sections.system.find((one) => /^linux-image-\d/.test(one.name));
  if (image === undefined) throw new RosError('kernel-missing', 'packages.lock has no linux-image', { hint: 'run ./dev update-lock' });
  const release = image.name.slice('linux-image-'.length);
  const product = await produce(workspace, 'kernel', { text: ['v5', image, LEFT_OUT], products: [toolchain.product] }, async (into) => {
    const source = packages.of(image.name);
    copyFileSync(join(source, `boot/vmlinuz-${release}`), join(into, 'vmlinuz'));
    mkdirSync(join(into, 'root/usr/lib/modules'), { recursive: true });
    symlinkSync('usr/lib', join(into, 'root/lib')); // where depmod looks
    const from = join(source, 'usr/lib/modules', release);
    const left = new Set(LEFT_OUT.map((path) => join(from, 'kernel', path)));
    cpSync(from, join(into, 'root/usr/lib/modules', release), { recursive: true, filter: (path) => !left.has(path.replace(/\.ko(\.xz)?$/, '')) });
    await toolchain.run(['sh', '-ec', `find /mnt/root -name '*.ko.xz' | xargs -P 4 -n 64 busybox unxz; depmod -b /mnt/root ${release}`], { root: join(into, 'root') });
    const folder = join(into, 'root/usr/lib/modules', release);
    checkDependencies(folder);
    for (const file of moduleFiles(folder)) writeFileSync(join(folder, file), withoutSignature(readFileSync(join(folder, file))));
    writeFileSync(join(into, 'release'), release);
  });
  return { product, release };
}

/** depmod only leaves out of modules.dep what it does not find. */
function checkDependencies(folder: string): void {
  const files = moduleFiles(folder);
  const present = new Set(files.map(moduleName));
  for (const file of files) {
    const missing = dependenciesOf(join(folder, file)).find((name) => !present.has(name));
    if (missing !== undefined) throw new RosError('module-missing', `${file} depends on ${missing}, which is left out`, { hint: 'add it to LEFT_OUT in builder/src/kernel/build-kernel.ts' });
  }
}

export function modulesFolder(kernel: Kernel): string {
  return join(kernel.product.path, 'root/usr/lib/modules', kernel.release);
}

/** All .ko files, as paths below the modules folder. */
export function listModules(kernel: Kernel): string[] {
  return moduleFiles(modulesFolder(kernel));
}

function moduleFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ko'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}
