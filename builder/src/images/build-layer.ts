// One image layer as a plain folder: chosen files of Debian packages, every library they need that no lower layer
// has, our own files, links. Nothing of the packages' scripts is run; what they would have made stands in the
// definition.

import { chmodSync, copyFileSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RosError } from '@drover/core';
import type { Product } from '../cache.ts';
import { produce } from '../cache.ts';
import type { Lock } from '../debian/lock.ts';
import { shippable } from '../debian/lock.ts';
import type { PackageTree } from '../debian/unpack.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { Workspace } from '../workspace.ts';
import { blankUnwindTables } from './blank-unwind.ts';
import type { ImageDefinition } from './definition.ts';
import { matcher } from './definition.ts';
import { parseElf } from './elf.ts';
import { makeSelfContained } from './self-contained.ts';
import { makeStandIns } from './stand-in.ts';

export interface Layer {
  readonly image: ImageDefinition;
  readonly product: Product;
  /** Folders of the layers below, lowest first. */
  readonly below: readonly Layer[];
}

const MULTIARCH = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

export async function buildLayer(
  workspace: Workspace, lock: Lock, toolchain: Toolchain, packages: PackageTree, compiled: ReadonlyMap<string, Product>, image: ImageDefinition, below: readonly Layer[],
): Promise<Layer> {
  const programs = Object.entries(image.compiled).map(([name, path]) => {
    const product = compiled.get(name);
    if (product === undefined) throw new RosError('image-program', `images/${image.name}/image.yml: nobody compiles ${name}`, { hint: `known: ${[...compiled.keys()].join(', ')}` });
    return { name, path, product };
  });
  const used = shippable(lock).filter((one) => one.name in image.packages || one.name.startsWith('lib'));
  const inputs = {
    text: ['v15', image, used],
    paths: [join('images', image.name), 'builder/src/images'],
    products: [toolchain.product, ...programs.map((one) => one.product), ...(image.selfContained === undefined ? below.map((layer) => layer.product) : [])],
  };
  const product = await produce(workspace, `image ${image.name}`, inputs, async (into) => {
    const root = join(into, 'layer');
    mkdirSync(root, { recursive: true });
    // What runs on a foreign libc shares nothing with the layers below.
    const lower = image.selfContained === undefined ? below.map((layer) => join(layer.product.path, 'layer')) : [];
    const standIns = Object.assign({}, ...[...below.map((layer) => layer.image), image].map((one) => one.standIns)) as Record<string, number>;
    const build = new LayerBuild(packages, root, lower, MULTIARCH[workspace.architecture], new Set(Object.keys(standIns)));
    for (const [name, patterns] of Object.entries(image.packages)) build.takeFromPackage(name, patterns);
    for (const program of programs) {
      mkdirSync(dirname(join(root, program.path)), { recursive: true });
      copyFileSync(join(program.product.path, program.name), join(root, program.path));
    }
    if (image.selfContained !== undefined) await makeSelfContained(toolchain, build, into, image.selfContained);
    else build.takeLibraries();
    const libraries = image.selfContained === undefined ? `usr/lib/${MULTIARCH[workspace.architecture]}` : join(image.selfContained, 'lib');
    await makeStandIns(toolchain, into, root, lower, libraries, standIns, (library) => build.exportsOf(library));
    if (image.part === 'system') build.blankUnwindTables();
    if (image.certificates) writeCertificates(packages, root);
    if (image.applets !== undefined) await linkApplets(toolchain, root, image.applets);
    const own = join(workspace.root, 'images', image.name, 'files');
    if (existsSync(own)) cpSync(own, root, { recursive: true, verbatimSymlinks: true });
    for (const [path, target] of Object.entries(image.links)) build.link(path, target);
    for (const [path, mode] of Object.entries(image.modes)) {
      if (path.endsWith('/')) mkdirSync(join(root, path), { recursive: true });
      chmodSync(join(root, path), parseInt(mode, 8));
    }
    writeFileSync(join(into, 'packages'), `${[...build.sources].sort().join('\n')}\n`);
  });
  return { image, product, below };
}

export class LayerBuild {
  readonly packages: PackageTree;
  readonly root: string;
  readonly multiarch: string;
  private readonly lower: readonly string[];
  /** Paths taken so far. */
  readonly taken: Set<string> = new Set();
  /** Packages they came from. */
  readonly sources: Set<string> = new Set();

  /** Libraries that are not taken, because a stand-in takes their place. */
  private readonly standIns: ReadonlySet<string>;

  constructor(packages: PackageTree, root: string, lower: readonly string[], multiarch: string, standIns: ReadonlySet<string>) {
    this.packages = packages;
    this.standIns = standIns;
    this.root = root;
    this.lower = lower;
    this.multiarch = multiarch;
  }

  takeFromPackage(name: string, patterns: readonly string[]): void {
    const folder = this.packages.of(name);
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length));
    for (const pattern of patterns) {
      const matching = paths.filter(matcher(pattern));
      if (matching.length === 0) throw new RosError('image-pattern', `package ${name} has nothing that matches ${pattern}`);
      for (const path of matching) this.take(path, true);
    }
  }

  /** Copies a path of the united packages; links with what they point at. Lower layers keep what they have, but a program that is asked for by name takes the place of busybox's. */
  take(path: string, byName: boolean = false): void {
    const owner = this.packages.ownerOf(path);
    if (owner === undefined) throw new RosError('image-path', `no package has ${path}`);
    const isBelow = (file: string): boolean => (isLink(file) ? !(byName && readlinkSync(file) === 'busybox') : existsSync(file));
    if (this.taken.has(path) || this.lower.some((root) => isBelow(join(root, path)))) return;
    this.taken.add(path);
    this.sources.add(owner);
    const source = join(this.packages.of(owner), path);
    const target = join(this.root, path);
    mkdirSync(dirname(target), { recursive: true });
    if (!lstatSync(source).isSymbolicLink()) {
      copyFileSync(source, target);
      chmodSync(target, lstatSync(source).mode & 0o7777);
      return;
    }
    const to = readlinkSync(source);
    symlinkSync(to, target);
    const pointed = to.startsWith('/') ? to : join(dirname(path), to);
    if (this.packages.ownerOf(pointed) !== undefined) this.take(pointed);
  }

  link(path: string, target: string): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    rmSync(full, { force: true });
    symlinkSync(target, full);
  }

  /** Follows DT_NEEDED through everything taken so far until nothing is missing. */
  takeLibraries(): void {
    const queue = [...this.taken];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      const loader = this.interpreter(path);
      if (loader !== undefined) this.take(loader);
      for (const library of this.needed(path)) {
        if (this.standIns.has(library)) continue;
        const found = this.findLibrary(library, path);
        if (this.taken.has(found)) continue;
        this.take(found);
        queue.push(found, ...[...this.taken].filter((one) => basename(one).startsWith(library)));
      }
    }
  }

  /** The loader that the file names, at its place in a merged /usr. */
  private interpreter(path: string): string | undefined {
    const file = join(this.root, path);
    if (!existsSync(file) || isLink(file)) return undefined;
    const name = parseElf(readFileSync(file))?.section('.interp')?.toString('latin1').replace(/\0.*$/s, '');
    return name === undefined ? undefined : join('/usr', name);
  }

  /** Names of the libraries that the file asks for; empty for what is not ELF. */
  needed(path: string): readonly string[] {
    const file = join(this.root, path);
    if (!existsSync(file) || isLink(file)) return [];
    return parseElf(readFileSync(file))?.needed ?? [];
  }

  /** Of everything taken so far. */
  blankUnwindTables(): void {
    for (const path of this.taken) {
      const file = join(this.root, path);
      if (!existsSync(file) || isLink(file)) continue;
      const bytes = readFileSync(file);
      if (blankUnwindTables(file, bytes)) writeFileSync(file, bytes);
    }
  }

  /** Symbols of the real library of this name, shipped or not. */
  exportsOf(library: string): readonly string[] {
    const { file } = this.packages.locate(this.findLibrary(library, 'a stand-in'))!;
    return parseElf(readFileSync(file))!.exports;
  }

  findLibrary(name: string, wantedBy: string): string {
    const folders = [`/usr/lib/${this.multiarch}`, `/usr/lib/${this.multiarch}/systemd`, '/usr/lib64', '/usr/lib', '/usr/libexec/sudo', dirname(wantedBy)];
    const found = folders.map((folder) => join(folder, name)).find((path) => this.packages.ownerOf(path) !== undefined);
    if (found === undefined) throw new RosError('image-library', `${wantedBy} needs ${name}, which no package of packages.lock has`);
    return found;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** What the script of ca-certificates makes: all certificates of Mozilla in one file. */
function writeCertificates(packages: PackageTree, root: string): void {
  const folder = join(packages.of('ca-certificates'), 'usr/share/ca-certificates/mozilla');
  const bundle = readdirSync(folder).sort().map((name) => readFileSync(join(folder, name), 'utf8').trimEnd());
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  writeFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), `${bundle.join('\n')}\n`);
}

async function linkApplets(toolchain: Toolchain, root: string, applets: { folder: string; except: readonly string[] }): Promise<void> {
  const { stdout } = await toolchain.run(['busybox', '--list'], {});
  mkdirSync(join(root, applets.folder), { recursive: true });
  for (const name of stdout.toString().split('\n').filter((one) => one !== '' && one !== 'busybox' && !applets.except.includes(one))) {
    const path = join(root, applets.folder, name);
    if (!existsSync(path) && !isLink(path)) symlinkSync('busybox', path);
  }
}
