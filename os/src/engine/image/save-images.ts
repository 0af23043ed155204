// `docker save`: images as one archive, an OCI layout that has Docker's own manifest.json too: every engine reads one
// of them.

import { encodeUtf8, RosError } from '@drover/core';
import type { SavedPart } from '../archive/archive-job.ts';
import type { RunningJob } from '../archive/run-archive-job.ts';
import { startArchiveJob } from '../archive/run-archive-job.ts';
import type { Engine } from '../engine.ts';
import { digestOf } from './image-config.ts';
import { hexOf } from './image-files.ts';
import type { Image } from './image-store.ts';
import { configurationOf, writeLayerArchive } from './layer-archive.ts';

/** An image and the names under which it is asked for; none, when it is by its id. */
export interface SavedImage {
  readonly image: Image;
  readonly names: readonly string[];
}

interface SavedLayer {
  readonly diffId: string;
  readonly sizeBytes: number;
  readonly part: SavedPart;
}

interface Blob {
  readonly digest: string;
  readonly sizeBytes: number;
}

export async function startSave(engine: Engine, images: readonly SavedImage[]): Promise<RunningJob> {
  const parts = new Map<string, SavedPart>();
  const add = (part: SavedPart): void => void parts.set(part.name, part);
  const addBlob = (text: string): Blob => {
    const digest = digestOf(engine.host, text);
    add({ name: blobName(digest), text });
    return { digest, sizeBytes: encodeUtf8(text).length };
  };
  for (const name of ['blobs/', 'blobs/sha256/']) add({ name, text: '' });
  const saved: SavedManifest[] = [];
  for (const { image, names } of images) {
    const layers = await gatherLayers(engine, image);
    for (const { part } of layers) add(part);
    const config = addBlob(configurationOf(engine, image, layers.map(({ diffId }) => diffId)));
    saved.push({ names, config, manifest: addBlob(renderManifest(config, layers)), layers });
  }
  add({ name: 'index.json', text: renderIndex(saved) });
  add({ name: 'manifest.json', text: renderDockerManifest(saved) });
  add({ name: 'oci-layout', text: '{"imageLayoutVersion":"1.0.0"}' });
  return startArchiveJob(engine, { kind: 'save', parts: [...parts.values()] });
}

function blobName(digest: string): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

async function gatherLayers(engine: Engine, image: Image): Promise<SavedLayer[]> {
  const layers: SavedLayer[] = [];
  for (const [i, folder] of image.layers.entries()) {
    const diffId = image.diffIds?.[i];
    layers.push(diffId === undefined ? await packLayer(engine, image, i, folder) : storedLayer(engine, diffId));
  }
  return layers;
}

function storedLayer({ imageFiles }: Engine, diffId: string): SavedLayer {
  const record = imageFiles.readLayer(diffId);
  if (record === undefined) throw new RosError('system', `layer ${diffId} of the image is gone`);
  const { archiveBytes: sizeBytes } = record;
  return { diffId, sizeBytes, part: { name: blobName(diffId), folder: imageFiles.contentFolder(diffId), journal: imageFiles.journalPath(diffId), sizeBytes } };
}

/** Of an image of the operating system, which never was an archive: it is packed once to know its digest. */
async function packLayer(engine: Engine, image: Image, index: number, folder: string): Promise<SavedLayer> {
  const { diffId, sizeBytes } = await writeLayerArchive(engine, image, index, { discard: true });
  return { diffId, sizeBytes, part: { name: blobName(diffId), folder, sizeBytes } };
}

interface SavedManifest {
  readonly names: readonly string[];
  readonly config: Blob;
  readonly manifest: Blob;
  readonly layers: readonly SavedLayer[];
}

const OCI = 'application/vnd.oci.image';

function renderManifest(config: Blob, layers: readonly SavedLayer[]): string {
  const describe = (mediaType: string, { digest, sizeBytes }: Blob): object => ({ mediaType, digest, size: sizeBytes });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: describe(`${OCI}.config.v1+json`, config),
    layers: layers.map(({ diffId, sizeBytes }) => describe(`${OCI}.layer.v1.tar`, { digest: diffId, sizeBytes })),
  });
}

function renderIndex(images: readonly SavedManifest[]): string {
  const manifests = images.flatMap(({ names, manifest }) => {
    const described = { mediaType: `${OCI}.manifest.v1+json`, digest: manifest.digest, size: manifest.sizeBytes };
    if (names.length === 0) return [described];
    return names.map((name) => ({ ...described, annotations: { 'io.containerd.image.name': fullName(name), 'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1) } }));
  });
  return JSON.stringify({ schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests });
}

/** With the registry and the folder that Docker leaves out. */
export function fullName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && /[.:]|^localhost$/.test(first)) return name;
  return `docker.io/${rest.length === 0 ? 'library/' : ''}${name}`;
}

function renderDockerManifest(images: readonly SavedManifest[]): string {
  return JSON.stringify(images.map(({ names, config, layers }) => ({ Config: blobName(config.digest), RepoTags: names.length === 0 ? null : names, Layers: layers.map(({ diffId }) => blobName(diffId)) })));
}
