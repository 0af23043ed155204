// rootfs.squashfs: a chain of squashfs images in one file, each at a 4 KiB boundary and as long as its own superblock
// says. One file to ship and find, but each part has the compression that suits it, and a changed line of TypeScript
// rebuilds only the smallest. The parts and their order: os/src/boot/rootfs.ts (which mounts them).

import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createHash } from 'node:crypto';
import type { Product } from '../cache.ts';
import { produce } from '../cache.ts';
import type { Layer } from '../images/build-layer.ts';
import type { Part } from '../images/definition.ts';
import type { Kernel } from '../kernel/build-kernel.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { Workspace } from '../workspace.ts';

/**
 * Compressors and block sizes chosen by measurement: docs/decisions/rootfs-compression.md. The kernel keeps memory for
 * every mounted part: one block, three more when it has fragments (packed ends of files), and a decompressor with a
 * window of one block for each CPU.
 */
const COMPRESSION: Readonly<Record<PartName, readonly string[]>> = {
  system: ['-comp', 'zstd', '-Xcompression-level', '22', '-b', '256K'],
  engine: ['-comp', 'zstd', '-Xcompression-level', '22', '-b', '256K', '-no-fragments'],
  modules: ['-comp', 'xz', '-b', '256K'],
  ros: ['-comp', 'zstd', '-Xcompression-level', '19', '-b', '256K', '-no-fragments'],
};

export type PartName = 'system' | 'engine' | 'modules' | 'ros';
export const PART_ORDER: readonly PartName[] = ['system', 'engine', 'modules', 'ros'];

const ALIGNMENT = 4096;

/** Owners and modes that a build without root can't give the files themselves: `path type mode uid gid`. */
const OWNERS: Readonly<Record<Part, readonly string[]>> = {
  system: ['layers/os-base/etc/shadow m 640 0 42', 'layers/os-console/usr/bin/sudo m 4755 0 0', 'layers/os-console/usr/bin/passwd m 4755 0 0', 'layers/os-console/usr/sbin/unix_chkpwd m 2755 0 42'],
  engine: [],
};

export async function buildRootfs(workspace: Workspace, toolchain: Toolchain, version: string, layers: readonly Layer[], kernel: Kernel, ros: Product): Promise<Product> {
  const index = renderImageIndex(layers, version, toolchain.epoch);
  const parts = await Promise.all([
    buildImagesPart(workspace, toolchain, 'system', layers, index),
    buildImagesPart(workspace, toolchain, 'engine', layers, undefined),
    squash(workspace, toolchain, 'modules', [kernel.product], { '/': join(kernel.product.path, 'root/usr/lib/modules') }, []),
    squash(workspace, toolchain, 'ros', [ros], { '/ros': join(ros.path, 'ros') }, []),
  ]);
  return produce(workspace, 'rootfs', { text: 'v2', products: parts }, async (into) => {
    const file = join(into, 'rootfs.squashfs');
    for (const part of parts) {
      const source = join(part.path, 'part.squashfs');
      await pipeline(createReadStream(source), createWriteStream(file, { flags: 'a' }));
      const padding = (ALIGNMENT - (statSync(source).size % ALIGNMENT)) % ALIGNMENT;
      if (padding > 0) writeFileSync(file, Buffer.alloc(padding), { flag: 'a' });
    }
  });
}

function buildImagesPart(workspace: Workspace, toolchain: Toolchain, name: Part, layers: readonly Layer[], index: string | undefined): Promise<Product> {
  const mine = layers.filter((layer) => layer.image.part === name);
  const sources = Object.fromEntries(mine.map((layer) => [`/layers/${layer.image.name}`, join(layer.product.path, 'layer')]));
  const present = new Set(mine.map((layer) => layer.image.name));
  const owners = OWNERS[name].filter((line) => present.has(line.split('/')[1]!));
  return squash(workspace, toolchain, name, mine.map((layer) => layer.product), sources, owners, index);
}

/** `sources`: path inside -> folder or file outside. */
function squash(
  workspace: Workspace, toolchain: Toolchain, name: PartName, products: readonly Product[],
  sources: Readonly<Record<string, string>>, owners: readonly string[], index?: string,
): Promise<Product> {
  const inputs = { text: ['v4', name, COMPRESSION[name], owners, index, Object.keys(sources)], products: [toolchain.product, ...products] };
  return produce(workspace, `rootfs part ${name}`, inputs, async (into) => {
    const binds: Record<string, string> = { out: into };
    const tree = Object.entries(sources).map(([path, outside], i) => {
      const isFile = statSync(outside).isFile();
      binds[`source${i}`] = isFile ? join(outside, '..') : outside;
      const inside = isFile ? `/mnt/source${i}/${outside.slice(outside.lastIndexOf('/') + 1)}` : `/mnt/source${i}/.`;
      return path === '/' ? `cp -a ${inside} /tmp/tree/` : `mkdir -p /tmp/tree${isFile ? '' : path} && cp -a ${inside} /tmp/tree${path}`;
    });
    mkdirSync(into, { recursive: true });
    writeFileSync(join(into, 'owners'), owners.map((line) => `${line}\n`).join(''));
    if (index !== undefined) writeFileSync(join(into, 'images.json'), index);
    const script = [
      'mount -t tmpfs tmpfs /tmp', 'mkdir -p /tmp/tree', ...tree,
      index === undefined ? '' : 'cp /mnt/out/images.json /tmp/tree/images.json',
      `env -u SOURCE_DATE_EPOCH mksquashfs /tmp/tree /mnt/out/part.squashfs -quiet -no-progress -noappend -all-root -no-xattrs -no-exports -all-time ${toolchain.epoch} -mkfs-time ${toolchain.epoch} -pf /mnt/out/owners ${COMPRESSION[name].join(' ')}`,
    ];
    await toolchain.run(['sh', '-ec', script.join('\n')], binds);
  });
}

/** Of all regular files below `folder`. */
function contentBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

/** images.json: what System Docker takes as its preloaded images. Layer paths are those of the running machine. */
export function renderImageIndex(layers: readonly Layer[], version: string, epoch: number): string {
  const images = layers.map((layer) => {
    const chain = [...layer.below, layer];
    const identity = createHash('sha256').update(JSON.stringify([layer.image.config, chain.map((one) => one.product.hash)])).digest('hex');
    return {
      id: `sha256:${identity}`,
      repoTags: [`drover/${layer.image.name}:${version}`],
      created: new Date(epoch * 1000).toISOString(),
      architecture: 'amd64',
      sizeBytes: chain.reduce((sum, one) => sum + contentBytes(join(one.product.path, 'layer')), 0),
      layers: chain.map((one) => `/rootfs/${one.image.part}/layers/${one.image.name}`),
      config: layer.image.config,
    };
  });
  return `${JSON.stringify({ images }, null, 1)}\n`;
}
