// Packages unpacked one by one, without running their scripts: a folder a package, shared by all products.

import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import { step } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import type { Workspace } from '../workspace.ts';
import { debPath } from './fetch.ts';
import type { Lock, LockedPackage, PackageSection } from './lock.ts';
import { shippable } from './lock.ts';

/** The packages of a section, unpacked; files are found by package or across all of them. */
export class PackageTree {
  private readonly folders: ReadonlyMap<string, string>;
  private index: Map<string, string> | undefined;

  constructor(folders: ReadonlyMap<string, string>) {
    this.folders = folders;
  }

  get names(): string[] {
    return [...this.folders.keys()];
  }

  /** The folder of a package. */
  of(name: string): string {
    const folder = this.folders.get(name);
    if (folder === undefined) throw new RosError('package-unknown', `no package ${name} in packages.lock`, { hint: 'add it to builder/src/debian/packages.ts and run ./dev update-lock' });
    return folder;
  }

  /** The package that has this path (its own, not through a symbolic link), or undefined. */
  ownerOf(path: string): string | undefined {
    this.index ??= this.buildIndex();
    return this.index.get(path);
  }

  /** The real location of a path of the united tree, following links across packages. */
  locate(path: string, depth = 0): { readonly path: string; readonly file: string } | undefined {
    const owner = this.ownerOf(path);
    if (owner === undefined || depth > 8) return undefined;
    const file = join(this.of(owner), path);
    if (!lstatSync(file).isSymbolicLink()) return { path, file };
    const target = readlinkSync(file);
    return this.locate(target.startsWith('/') ? target : join(path, '..', target), depth + 1);
  }

  private buildIndex(): Map<string, string> {
    const index = new Map<string, string>();
    for (const [name, folder] of this.folders) {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isDirectory()) index.set(join(entry.parentPath ?? entry.path, entry.name).slice(folder.length), name);
      }
    }
    return index;
  }
}

export async function unpackSection(workspace: Workspace, lock: Lock, section: PackageSection): Promise<PackageTree> {
  const packages = section === 'system' ? shippable(lock) : lock.sections[section];
  const folders = new Map(packages.map((one) => [one.name, join(workspace.cache, 'unpacked', `${one.name}_${one.sha256.slice(0, 16)}`)]));
  const missing = packages.filter((one) => !existsSync(folders.get(one.name)!));
  if (missing.length > 0) await step(`unpacking ${missing.length} ${section} packages`, () => unpackAll(workspace, missing, folders));
  return new PackageTree(folders);
}

async function unpackAll(workspace: Workspace, packages: readonly LockedPackage[], folders: ReadonlyMap<string, string>): Promise<void> {
  mkdirSync(join(workspace.cache, 'unpacked'), { recursive: true });
  const queue = [...packages];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const folder = folders.get(one.name)!;
      const aside = `${folder}.${process.pid}`;
      rmSync(aside, { recursive: true, force: true });
      await runCommand(['dpkg-deb', '-x', debPath(workspace, one), aside]);
      renameSync(aside, folder);
    }
  };
  await Promise.all(cpus().map(worker));
}
