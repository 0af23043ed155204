// rootfs.squashfs: a chain of squashfs images in one file, each at a 4 KiB boundary and as long as its own superblock
// says. One file to ship and find. Each image has the compression that suits what is in it, and few images keep the
// machine small: the kernel holds memory for each. Parts are appended to an image one by one, what changes most often
// last. `ros` is not here but in the initrd (docs/decisions/rootfs-compression.md). os/src/boot/rootfs.ts mounts them.

import { copyFileSync, createReadStream, createWriteStream, readdirSync, statSync, writeFileSync } from 'node:fs';
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

export type PartName = Part | 'modules';

interface ImagePlan {
  /** For mksquashfs; of an image's later parts it takes compressor and block size from the first. */
  readonly compression: readonly string[];
  /** In the order of appending; each is a folder of the image's root. */
  readonly parts: readonly PartName[];
}

/**
 * Chosen by measurement: docs/decisions/rootfs-compression.md. The kernel keeps memory for every mounted image: a block,
 * three more when it has fragments (packed ends of files), and for each CPU a decompressor with a window of one block.
 */
const IMAGES: readonly ImagePlan[] = [
  { compression: ['-comp', 'zstd', '-Xcompression-level', '22', '-b', '128K', '-no-fragments'], parts: ['modules', 'engine'] },
  { compression: ['-comp', 'zstd', '-Xcompression-level', '22', '-b', '512K', '-no-fragments'], parts: ['system'] },
];

/** What the parts of a built root file system take, in bytes. */
export type PartSizes = Readonly<Record<PartName, number>>;

const ALIGNMENT = 4096;

/** Owners and modes that a build without root can't give the files themselves: `path type mode uid gid`. */
const OWNERS: Readonly<Record<Part, readonly string[]>> = {
  system: ['layers/os-base/etc/shadow m 640 0 42', 'layers/os-console/usr/bin/sudo m 4755 0 0', 'layers/os-console/usr/bin/passwd m 4755 0 0', 'layers/os-console/usr/sbin/unix_chkpwd m 2755 0 42'],
  engine: [],
};

interface PartSource {
  readonly products: readonly Product[];
  /** Path in the part -> folder outside. */
  readonly sources: Readonly<Record<string, string>>;
  readonly owners?: readonly string[];
  readonly index?: string;
}

export async function buildRootfs(workspace: Workspace, toolchain: Toolchain, version: string, layers: readonly Layer[], kernel: Kernel): Promise<Product> {
  const sources: Readonly<Record<PartName, PartSource>> = {
    system: { ...imageSource('system', layers), index: renderImageIndex(layers, version, toolchain.epoch) },
    engine: imageSource('engine', layers),
    modules: { products: [kernel.product], sources: { '/': join(kernel.product.path, 'root/usr/lib/modules') } },
  };
  const images = await Promise.all(IMAGES.map((plan) => buildImage(workspace, toolchain, plan, sources)));
  return produce(workspace, 'rootfs', { text: 'v3', products: images.flat().map((stage) => stage.product) }, async (into) => {
    const file = join(into, 'rootfs.squashfs');
    for (const stages of images) {
      const source = join(stages.at(-1)!.product.path, FILE);
      await pipeline(createReadStream(source), createWriteStream(file, { flags: 'a' }));
      const padding = (ALIGNMENT - (statSync(source).size % ALIGNMENT)) % ALIGNMENT;
      if (padding > 0) writeFileSync(file, Buffer.alloc(padding), { flag: 'a' });
    }
    writeFileSync(join(into, 'parts.json'), `${JSON.stringify(measureParts(images))}\n`);
  });
}

/** By how much each part made its image longer. */
function measureParts(images: readonly (readonly Stage[])[]): PartSizes {
  const sizes = images.flatMap((stages) => {
    let before = 0;
    return stages.map(({ name, product }) => {
      const length = statSync(join(product.path, FILE)).size;
      const added = length - before;
      before = length;
      return [name, added] as const;
    });
  });
  return Object.fromEntries(sizes) as Record<PartName, number>;
}

function imageSource(part: Part, layers: readonly Layer[]): PartSource {
  const mine = layers.filter((layer) => layer.image.part === part);
  const present = new Set(mine.map((layer) => layer.image.name));
  return {
    products: mine.map((layer) => layer.product),
    sources: Object.fromEntries(mine.map((layer) => [`/layers/${layer.image.name}`, join(layer.product.path, 'layer')])),
    owners: OWNERS[part].filter((line) => present.has(line.split('/')[1]!)).map((line) => `${part}/${line}`),
  };
}

const FILE = 'image.squashfs';

/** An image up to and with one of its parts. */
interface Stage {
  readonly name: PartName;
  readonly product: Product;
}

async function buildImage(workspace: Workspace, toolchain: Toolchain, plan: ImagePlan, sources: Readonly<Record<PartName, PartSource>>): Promise<Stage[]> {
  const stages: Stage[] = [];
  for (const name of plan.parts) stages.push({ name, product: await appendPart(workspace, toolchain, plan, name, sources[name], stages.at(-1)?.product) });
  return stages;
}

function appendPart(workspace: Workspace, toolchain: Toolchain, { compression }: ImagePlan, name: PartName, part: PartSource, before: Product | undefined): Promise<Product> {
  const { products, sources, owners = [], index } = part;
  const inputs = { text: ['v5', name, compression, owners, index, Object.keys(sources)], products: [toolchain.product, ...(before === undefined ? [] : [before]), ...products] };
  return produce(workspace, `rootfs part ${name}`, inputs, async (into) => {
    const binds: Record<string, string> = { out: into };
    const tree = Object.entries(sources).map(([path, outside], i) => {
      binds[`source${i}`] = outside;
      const target = `/tmp/tree/${name}${path}`;
      return `mkdir -p ${target} && cp -a /mnt/source${i}/. ${target}`;
    });
    if (before !== undefined) copyFileSync(join(before.path, FILE), join(into, FILE));
    writeFileSync(join(into, 'owners'), owners.map((line) => `${line}\n`).join(''));
    if (index !== undefined) writeFileSync(join(into, 'images.json'), index);
    const times = ['-all-time', '-root-time', '-mkfs-time'].map((option) => `${option} ${toolchain.epoch}`).join(' ');
    const script = [
      'mount -t tmpfs tmpfs /tmp', `mkdir -p /tmp/tree/${name}`, ...tree,
      index === undefined ? '' : `cp /mnt/out/images.json /tmp/tree/${name}/images.json`,
      `env -u SOURCE_DATE_EPOCH mksquashfs /tmp/tree /mnt/out/${FILE} -quiet -no-progress -no-recovery -all-root -no-xattrs -no-exports ${times} -pf /mnt/out/owners ${compression.join(' ')}`,
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
  return `${JSON.stringify({ version, images }, null, 1)}\n`;
}
