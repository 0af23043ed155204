// `docker load`: an archive as `docker save` makes it, Docker's own (manifest.json) or an OCI layout (index.json).

import { join, RosError } from '@drover/core';
import { pump } from '@drover/host';
import type { ByteSource } from '@drover/host';
import { apiError } from '../api-error.ts';
import { startArchiveJob } from '../archive/run-archive-job.ts';
import type { Engine } from '../engine.ts';
import { resolveInRoot } from '../storage/scoped-path.ts';
import { removeTree } from '../storage/trees.ts';
import { addImage, nameImage, normaliseName } from './add-image.ts';
import { withClaimedLayers } from './claim-layers.ts';
import { isDigest, parseImageConfig } from './image-config.ts';
import { hexOf, unfinishedName } from './image-files.ts';
import { importLayer, openArchive } from './import-layer.ts';
import type { Image } from './image-store.ts';

/** Told as lines of the API's progress stream. */
export type Progress = (line: Readonly<Record<string, unknown>>) => Promise<void>;

/** One image of an archive: where its parts are in it. */
export interface ArchivedImage {
  readonly configPath: string;
  readonly layerPaths: readonly string[];
  readonly names: readonly string[];
}

/** Throws `invalid-image`, `invalid-layer`, `archive-failed`. */
export async function loadImages(engine: Engine, archive: ByteSource, tell: Progress): Promise<void> {
  const { host, paths } = engine;
  const folder = join(paths.temporary, unfinishedName(host));
  host.files.makeDirectory(join(folder, 'content'), 0o700);
  try {
    await unpackArchive(engine, archive, folder);
    const content = join(folder, 'content');
    const read = (path: string): string | undefined => host.files.readTextIfPresent(resolveInRoot(host.files, content, path));
    for (const one of findImages(read)) await loadImage(engine, content, one, tell);
  } finally {
    await removeTree(host, folder);
  }
}

/** Into a file first: what it is compressed with is seen by its beginning. */
async function unpackArchive(engine: Engine, archive: ByteSource, folder: string): Promise<void> {
  const { host } = engine;
  const file = join(folder, 'archive');
  host.files.write(file, '', { mode: 0o600 });
  const sink = host.children.sink(host.children.openDescriptor(file, 'write'));
  try {
    await pump(archive, sink);
  } finally {
    sink.close();
  }
  const job = startArchiveJob(engine, { kind: 'unpack', place: { folder: join(folder, 'content') }, path: '/', layer: false, keepKinds: false }, { from: openArchive(engine, file) });
  job.input.close();
  job.output.close();
  await job.done();
  host.files.remove(file);
}

interface ManifestEntry {
  readonly Config?: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Layers?: readonly string[] | null;
}

interface Descriptor {
  readonly digest?: string;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `read`: a file of the archive, undefined when it is not there. Throws `invalid-image`. */
export function findImages(read: (path: string) => string | undefined): ArchivedImage[] {
  const manifest = read('manifest.json');
  if (manifest !== undefined) return (parseJson(manifest, 'manifest.json') as readonly ManifestEntry[]).map(fromManifest);
  const index = read('index.json');
  if (index === undefined) throw new RosError('invalid-image', 'invalid archive: does not contain a manifest.json');
  return fromIndex(read, parseJson(index, 'index.json') as { manifests?: readonly Descriptor[] }, []);
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RosError('invalid-image', `invalid archive: ${name} is not JSON`);
  }
}

function fromManifest({ Config: configPath, Layers: layerPaths, RepoTags: names }: ManifestEntry): ArchivedImage {
  if (typeof configPath !== 'string') throw new RosError('invalid-image', 'invalid manifest, an image has no configuration');
  return { configPath, layerPaths: layerPaths ?? [], names: names ?? [] };
}

const MOST_NESTED = 4;

function fromIndex(read: (path: string) => string | undefined, index: { readonly manifests?: readonly Descriptor[] }, inherited: readonly string[], depth: number = 0): ArchivedImage[] {
  return (index.manifests ?? []).flatMap(({ digest, annotations = {} }) => {
    if (!isDigest(digest) || depth > MOST_NESTED) throw new RosError('invalid-image', `invalid archive: unusable digest ${String(digest)}`);
    const text = read(blobPath(digest));
    if (text === undefined) return []; // of another platform, or left out
    const name = annotations['io.containerd.image.name'] ?? annotations['org.opencontainers.image.ref.name'];
    const names = name === undefined ? inherited : [name];
    const found = parseJson(text, digest) as { config?: Descriptor; layers?: readonly Descriptor[]; manifests?: readonly Descriptor[] };
    if (found.manifests !== undefined) return fromIndex(read, found, names, depth + 1);
    const layers = (found.layers ?? []).map((layer) => layer.digest);
    if (!isDigest(found.config?.digest) || !layers.every(isDigest)) throw new RosError('invalid-image', `invalid archive: ${digest} is no manifest of an image`);
    return [{ configPath: blobPath(found.config.digest), layerPaths: layers.map(blobPath), names }];
  });
}

function blobPath(digest: string): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

async function loadImage(engine: Engine, content: string, { configPath, layerPaths, names }: ArchivedImage, tell: Progress): Promise<void> {
  const { files } = engine.host;
  const configText = files.readTextIfPresent(resolveInRoot(files, content, configPath));
  if (configText === undefined) throw new RosError('invalid-image', `invalid archive: it has no ${configPath}`);
  const { diff_ids: diffIds } = parseImageConfig(configText).rootfs;
  if (diffIds.length !== layerPaths.length) throw new RosError('invalid-image', `invalid manifest, layers length mismatch: expected ${layerPaths.length}, got ${diffIds.length}`);
  await withClaimedLayers(engine, diffIds, async () => {
    await loadLayers(engine, content, diffIds, layerPaths, tell);
    await giveNames(engine, addImage(engine, configText), names, tell);
  });
}

async function loadLayers(engine: Engine, content: string, diffIds: readonly string[], layerPaths: readonly string[], tell: Progress): Promise<void> {
  const { files } = engine.host;
  for (const [i, diffId] of diffIds.entries()) {
    if (engine.imageFiles.readLayer(diffId) !== undefined) continue;
    const path = resolveInRoot(files, content, layerPaths[i]!);
    const size = files.lstat(path)?.type === 'file' ? files.stat(path)!.sizeBytes : undefined;
    if (size === undefined) throw new RosError('invalid-image', `invalid archive: it has no ${layerPaths[i]!}`);
    const id = hexOf(diffId).slice(0, 12);
    await tell({ status: 'Loading layer', id, progressDetail: { current: 0, total: size } });
    await importLayer(engine, path, diffId);
    await tell({ status: 'Loading layer', id, progressDetail: { current: size, total: size } });
  }
}

async function giveNames(engine: Engine, image: Image, names: readonly string[], tell: Progress): Promise<void> {
  for (const text of names) {
    const name = normaliseName(text);
    if (name === undefined) throw apiError('invalid-parameter', `invalid tag "${text}"`);
    const owner = engine.images.find(name);
    if (owner !== undefined && owner.id !== image.id) await tell({ stream: `The image ${name} already exists, renaming the old one with ID ${owner.id} to empty string\n` });
    nameImage(engine, name, image);
    await tell({ stream: `Loaded image: ${name}\n` });
  }
  if (names.length === 0) await tell({ stream: `Loaded image ID: ${image.id}\n` });
  engine.events.publish('image', 'load', image.id, { name: names[0] ?? image.id });
}
