// The initrd: `ros` as /init, the modules to reach the disk, their index, and mount points. zstd, so that it unpacks fast.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from '../cache.ts';
import { produce } from '../cache.ts';
import type { Kernel } from '../kernel/build-kernel.ts';
import { modulesFolder } from '../kernel/build-kernel.ts';
import { selectModules } from '../kernel/module-index.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { Workspace } from '../workspace.ts';
import type { CpioEntry } from './cpio.ts';
import { CHARACTER, DIRECTORY, EXECUTABLE, REGULAR, renderCpio, SYMLINK } from './cpio.ts';
import { INITRD_MODULES } from './initrd-modules.ts';

export async function buildInitrd(workspace: Workspace, toolchain: Toolchain, kernel: Kernel, ros: Product): Promise<Product> {
  const modules = await produce(
    workspace, 'initrd modules', { text: ['v2', INITRD_MODULES], products: [kernel.product, toolchain.product], paths: ['builder/src/initrd', 'builder/src/kernel'] },
    (into) => compress(toolchain, into, moduleEntries(kernel)),
  );
  return produce(workspace, 'initrd', { text: 'v4', products: [modules, ros, toolchain.product], paths: ['builder/src/initrd'] }, async (into) => {
    await compress(toolchain, into, programEntries(ros));
    // The kernel unpacks any number of archives, one after the other; only the small one changes with our code.
    const [programs, fixed] = [join(into, 'initrd'), join(modules.path, 'initrd')].map((file) => readFileSync(file));
    writeFileSync(join(into, 'initrd'), Buffer.concat([fixed!, programs!]));
    writeFileSync(join(into, 'parts.json'), `${JSON.stringify({ modules: fixed!.length, ros: programs!.length })}\n`);
  });
}

async function compress(toolchain: Toolchain, into: string, entries: readonly CpioEntry[]): Promise<void> {
  const archive = renderCpio(entries, toolchain.epoch);
  const { stdout } = await toolchain.run(['zstd', '-19', '-q', '-c'], {}, { input: archive });
  writeFileSync(join(into, 'initrd'), stdout);
}

function moduleEntries(kernel: Kernel): CpioEntry[] {
  const index = selectModules(kernel, INITRD_MODULES);
  return [
    { path: 'modules', mode: DIRECTORY },
    { path: 'modules.json', mode: REGULAR, content: Buffer.from(JSON.stringify(index)) },
    ...Object.keys(index.modules).sort().map((name) => ({ path: `modules/${name}.ko`, mode: REGULAR, content: readFileSync(join(modulesFolder(kernel), index.modules[name]![0])) })),
  ];
}

function programEntries(ros: Product): CpioEntry[] {
  return [
    ...['dev', 'proc', 'sys', 'run', 'root', 'state', 'media'].map((path) => ({ path, mode: DIRECTORY })),
    { path: 'dev/console', mode: CHARACTER, major: 5, minor: 1 }, // so that the kernel can open it before devtmpfs
    // A folder, so that the running system can bind it.
    { path: 'ros', mode: DIRECTORY },
    { path: 'ros/ros', mode: EXECUTABLE, content: readFileSync(join(ros.path, 'ros')) },
    { path: 'init', mode: SYMLINK, content: Buffer.from('ros/ros') },
  ];
}
