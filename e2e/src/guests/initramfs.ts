// Small guests made of Debian's packages: a tree from whole packages, packed as an initramfs with the product's kernel.

import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RosError } from '@drover/core';
import type { LockedPackage, PackageTree, Toolchain, Workspace } from '@drover/builder';
import { fetchLocked, openToolchain, readLock, runCommand, unpackSection } from '@drover/builder';

export interface Supplies {
  readonly workspace: Workspace;
  readonly toolchain: Toolchain;
  readonly packages: PackageTree;
  /** The versions, for the hash of a product. */
  readonly locked: readonly LockedPackage[];
  /** `uname -r` of the product's kernel. */
  readonly release: string;
  readonly kernelPackage: string;
}

export async function openSupplies(workspace: Workspace): Promise<Supplies> {
  const lock = readLock(workspace);
  await fetchLocked(workspace, lock);
  const toolchain = await openToolchain(workspace, lock);
  const packages = await unpackSection(workspace, lock, 'system');
  const kernelPackage = packages.names.find((name) => /^linux-image-\d/.test(name));
  if (kernelPackage === undefined) throw new RosError('no-kernel', 'packages.lock has no kernel');
  return { workspace, toolchain, packages, locked: lock.sections.system, kernelPackage, release: kernelPackage.slice('linux-image-'.length) };
}

export function kernelImage({ packages, kernelPackage, release }: Supplies): string {
  return join(packages.of(kernelPackage), 'boot', `vmlinuz-${release}`);
}

/** Whole packages, one over the other, with the links of a merged /usr and a busybox shell. */
export function layTree(supplies: Supplies, into: string, names: readonly string[]): void {
  for (const name of names) cpSync(supplies.packages.of(name), into, { recursive: true, verbatimSymlinks: true, force: true });
  for (const folder of ['dev', 'proc', 'sys', 'tmp', 'run', 'etc', 'root', 'var/log', 'usr/bin', 'usr/sbin', 'usr/lib64']) mkdirSync(join(into, folder), { recursive: true });
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${folder}`, join(into, folder));
  for (const folder of ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/lintian']) rmSync(join(into, folder), { recursive: true, force: true });
}

/** Applets of busybox under their own names, where no package brought the real program. */
export async function linkBusybox(tree: string, applets: readonly string[]): Promise<void> {
  const present = new Set([...readdirSync(join(tree, 'usr/bin')), ...readdirSync(join(tree, 'usr/sbin'))]);
  for (const applet of applets) if (!present.has(applet)) symlinkSync('busybox', join(tree, 'usr/bin', applet));
}

/** Uncompressed, in loading order, as /modules/NN-NAME.ko. */
export async function addModules(supplies: Supplies, tree: string, names: readonly string[]): Promise<void> {
  const base = join(supplies.packages.of(supplies.kernelPackage), 'usr/lib/modules', supplies.release);
  const files = readdirSync(base, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ko.xz'));
  mkdirSync(join(tree, 'modules'), { recursive: true });
  for (const [i, name] of names.entries()) {
    const file = files.find((one) => one.endsWith(`/${name}.ko.xz`));
    if (file === undefined) throw new RosError('no-module', `the kernel has no module ${name}`);
    const { stdout } = await runCommand(['xz', '-dc', join(base, file)]);
    writeFileSync(join(tree, 'modules', `${String(i).padStart(2, '0')}-${name}.ko`), stdout);
  }
}

export async function packInitramfs({ toolchain }: Supplies, tree: string, target: string): Promise<void> {
  const script = 'busybox find . | busybox sort | cpio -o -H newc -R 0:0 --quiet | zstd -q -6 -T0 > "/mnt/out/$1"';
  await toolchain.run(['sh', '-ec', script, 'pack', target.slice(target.lastIndexOf('/') + 1)], { tree, out: dirname(target) }, { cwd: '/mnt/tree' });
}

export function writeScript(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}
