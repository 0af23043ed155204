// The products as a table: what `./dev build NAME` makes, and where it lands for others.

import { copyFileSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Product } from './cache.ts';
import { fetchLocked } from './debian/fetch.ts';
import type { Lock } from './debian/lock.ts';
import type { PackageTree } from './debian/unpack.ts';
import { unpackSection } from './debian/unpack.ts';
import { buildIso } from './formats/build-iso.ts';
import type { Layer } from './images/build-layer.ts';
import { buildLayer } from './images/build-layer.ts';
import { readDefinition } from './images/definition.ts';
import { buildInitrd } from './initrd/build-initrd.ts';
import { buildIptables, IPTABLES } from './iptables/build-iptables.ts';
import type { Kernel } from './kernel/build-kernel.ts';
import { buildKernel } from './kernel/build-kernel.ts';
import type { TargetName } from './product-names.ts';
import { SANITIZED, TARGET_NAMES } from './product-names.ts';
import type { PartSizes } from './rootfs/build-rootfs.ts';
import { buildRootfs } from './rootfs/build-rootfs.ts';
import { buildRos, buildSanitizedBinary, buildTestBinary } from './ros/build-ros.ts';
import { renderSbom } from './sbom.ts';
import type { Toolchain } from './toolchain/toolchain.ts';
import { openToolchain } from './toolchain/toolchain.ts';
import type { Workspace } from './workspace.ts';

export const VERSION: string = '0.1.0';

/** Every system image; a base comes before what stands on it. */
export const IMAGES: readonly string[] = ['os-base', 'os-udev', 'os-network', 'os-ntp', 'os-console', 'os-docker'];

/** Everything is built when it is first asked for, and once. */
export class Build {
  readonly workspace: Workspace;
  readonly lock: Lock;
  readonly toolchain: Toolchain;
  private readonly made = new Map<string, Promise<unknown>>();

  constructor(workspace: Workspace, lock: Lock, toolchain: Toolchain) {
    this.workspace = workspace;
    this.lock = lock;
    this.toolchain = toolchain;
  }

  private once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.made.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.made.set(name, made);
    return made;
  }

  packages(): Promise<PackageTree> {
    return this.once('packages', () => unpackSection(this.workspace, this.lock, 'system'));
  }

  ros(): Promise<Product> {
    return this.once('ros', () => buildRos(this.workspace, this.toolchain, VERSION));
  }

  testBinary(): Promise<Product> {
    return this.once('ros-test', () => buildTestBinary(this.workspace, this.toolchain));
  }

  kernel(): Promise<Kernel> {
    return this.once('kernel', async () => buildKernel(this.workspace, this.lock, this.toolchain, await this.packages()));
  }

  iptables(): Promise<Product> {
    return this.once('iptables', () => buildIptables(this.workspace, this.toolchain, this.lock));
  }

  layers(): Promise<Layer[]> {
    return this.once('layers', async () => {
      const compiled = new Map([[IPTABLES, await this.iptables()]]);
      const layers = new Map<string, Layer>();
      for (const name of IMAGES) {
        const image = readDefinition(this.workspace.root, name);
        const base = image.base === undefined ? undefined : layers.get(image.base);
        if (image.base !== undefined && base === undefined) throw new RosError('image-base', `image ${name} stands on ${image.base}, which is not built before it`);
        const below = base === undefined ? [] : [...base.below, base];
        layers.set(name, await buildLayer(this.workspace, this.lock, this.toolchain, await this.packages(), compiled, image, below));
      }
      return [...layers.values()];
    });
  }

  rootfs(): Promise<Product> {
    return this.once('rootfs', async () => buildRootfs(this.workspace, this.toolchain, VERSION, await this.layers(), await this.kernel()));
  }

  initrd(): Promise<Product> {
    return this.once('initrd', async () => buildInitrd(this.workspace, this.toolchain, await this.kernel(), await this.ros()));
  }

  iso(): Promise<Product> {
    return this.once('iso', async () => buildIso(this.workspace, this.toolchain, await this.kernel(), await this.initrd(), await this.rootfs()));
  }
}

const TARGETS: Readonly<Record<TargetName, (build: Build) => Promise<void>>> = {
  'ros-test': async (build) => publish(await build.testBinary(), 'ros-test', join(build.workspace.cache, 'native')),
  ros: async (build) => publish(await build.ros(), 'ros', build.workspace.dist),
  kernel: async (build) => publish((await build.kernel()).product, 'vmlinuz', build.workspace.dist),
  initrd: async (build) => publish(await build.initrd(), 'initrd', build.workspace.dist),
  rootfs: async (build) => publish(await build.rootfs(), 'rootfs.squashfs', build.workspace.dist),
  iso: async (build) => publish(await build.iso(), 'drover.iso', build.workspace.dist),
};

/** The binary and, beside it, a link to the toolchain whose loader and libraries it needs. */
async function publishSanitized({ workspace, toolchain }: Build): Promise<void> {
  const folder = join(workspace.cache, 'native');
  publish(await buildSanitizedBinary(workspace, toolchain), SANITIZED, folder);
  rmSync(join(folder, 'toolchain'), { force: true });
  symlinkSync(toolchain.product.path, join(folder, 'toolchain'));
}

/** The file under its public name, replaced as a whole; the same bytes as in the cache where that is possible. */
function publish(product: Product, name: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const aside = join(folder, `.${name}.${process.pid}`);
  rmSync(aside, { force: true });
  try {
    linkSync(join(product.path, name), aside);
  } catch {
    copyFileSync(join(product.path, name), aside); // another file system
  }
  renameSync(aside, join(folder, name));
  rmSync(aside, { force: true }); // renaming a file over itself leaves both names
}

/** Names of the Debian packages that gave files to a product. */
async function shippedPackages(build: Build): Promise<ReadonlySet<string>> {
  const layers = await build.layers();
  const names = layers.flatMap((layer) => readFileSync(join(layer.product.path, 'packages'), 'utf8').trim().split('\n'));
  return new Set([...names, `linux-image-${(await build.kernel()).release}`, 'ca-certificates']);
}

/** Bytes of the ISO by what they are for: `sizes.json`. */
export interface DownloadSizes {
  readonly iso: number;
  readonly kernel: number;
  readonly initrd: { readonly modules: number; readonly ros: number };
  readonly rootfs: PartSizes;
}

async function measureDownload(build: Build): Promise<DownloadSizes> {
  const partsOf = (product: Product): unknown => JSON.parse(readFileSync(join(product.path, 'parts.json'), 'utf8'));
  return {
    iso: statSync(join(build.workspace.dist, 'drover.iso')).size,
    kernel: statSync(join(build.workspace.dist, 'vmlinuz')).size,
    initrd: partsOf(await build.initrd()) as DownloadSizes['initrd'],
    rootfs: partsOf(await build.rootfs()) as PartSizes,
  };
}

function writeChecksums(folder: string): void {
  const names = ['drover.iso', 'initrd', 'packages.lock', 'ros', 'rootfs.squashfs', 'sbom.spdx.json', 'sizes.json', 'vmlinuz'];
  const lines = names.map((name) => `${createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')}  ${name}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
}

/** `names` are of PRODUCT_NAMES. */
export async function build(workspace: Workspace, lock: Lock, names: readonly string[]): Promise<void> {
  await fetchLocked(workspace, lock);
  const products = new Build(workspace, lock, await openToolchain(workspace, lock));
  const all = names.includes('all');
  for (const name of TARGET_NAMES) if (all || names.includes(name)) await TARGETS[name](products);
  if (names.includes(SANITIZED)) await publishSanitized(products);
  if (!all) return;
  copyFileSync(join(workspace.root, 'builder/packages.lock'), join(workspace.dist, 'packages.lock'));
  writeFileSync(join(workspace.dist, 'sbom.spdx.json'), renderSbom(workspace.root, lock, await shippedPackages(products), VERSION));
  writeFileSync(join(workspace.dist, 'sizes.json'), `${JSON.stringify(await measureDownload(products), undefined, 2)}\n`);
  writeChecksums(workspace.dist);
}
