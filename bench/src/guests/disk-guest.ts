// What floor and Debian have in common: the product's kernel, a one-file initramfs and an ext4 disk.

import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { produce, runCommand } from '@drover/builder';
import type { Product } from '@drover/builder';
import type { Setup, Supplies } from '@drover/e2e';
import { createOverlay, kernelImage, packInitramfs } from '@drover/e2e';
import { RosError } from '@drover/core';
import { WORDS } from './guest.ts';

export const DISK_MB = 2048;
export const MEMORY_MB = 512;

/** The static init, and an initramfs that holds it with the driver of virtio disks. */
export async function buildInit(supplies: Supplies): Promise<Product> {
  const inputs = { text: ['v1', supplies.locked], paths: ['bench/src/guests/init.c'], products: [supplies.toolchain.product] };
  return produce(supplies.workspace, 'bench-init', inputs, async (into) => {
    const tree = join(into, 'tree');
    for (const folder of ['dev', 'root']) mkdirSync(join(tree, folder), { recursive: true });
    const source = join(supplies.workspace.root, 'bench/src/guests');
    await supplies.toolchain.run(['gcc', '-Wall', '-Wextra', '-Werror', '-O2', '-static', '-s', '-o', '/mnt/out/init', '/mnt/source/init.c'], { source, out: into });
    cpSync(join(into, 'init'), join(tree, 'init'));
    const modules = join(supplies.packages.of(supplies.kernelPackage), 'usr/lib/modules', supplies.release);
    const driver = readdirSync(modules, { recursive: true, encoding: 'utf8' }).find((file) => file.endsWith('/virtio_blk.ko.xz'));
    if (driver === undefined) throw new RosError('no-module', 'the kernel has no virtio_blk');
    writeFileSync(join(tree, 'virtio_blk.ko'), (await runCommand(['xz', '-dc', join(modules, driver)])).stdout);
    await packInitramfs(supplies, tree, join(into, 'initrd'));
    cpSync(kernelImage(supplies), join(into, 'vmlinuz'));
    rmSync(tree, { recursive: true });
  });
}

/** The kernel's modules with their index, below `root`. */
export async function addKernelModules(supplies: Supplies, root: string): Promise<void> {
  cpSync(join(supplies.packages.of(supplies.kernelPackage), 'usr/lib/modules'), join(root, 'usr/lib/modules'), { recursive: true });
  await supplies.toolchain.run(['depmod', '-b', '/mnt/root/usr', supplies.release], { root });
}

/** One disk a guest, kept from boot to boot of a run of the bench. */
export function diskSetup(name: string, init: Product, disk: string, program: string): Setup {
  return {
    name,
    async prepare(_place, folder) {
      mkdirSync(folder, { recursive: true });
      const file = join(folder, 'disk.qcow2');
      if (!readdirSync(folder).includes('disk.qcow2')) await createOverlay(disk, 'raw', file);
      return {
        boot: { mode: 'kernel', kernel: join(init.path, 'vmlinuz'), initrd: join(init.path, 'initrd'), words: [...WORDS, `BENCH_INIT=${program}`] },
        memoryMb: MEMORY_MB,
        user: 'root',
        disks: [{ serial: 'state', file, format: 'qcow2' }],
      };
    },
    ready: () => Promise.resolve(),
  };
}
