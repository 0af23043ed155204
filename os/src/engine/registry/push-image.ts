// `docker push`: each layer packed with gzip, unless the registry has it; then the configuration, then the manifest
// (image manifest version 2, schema 2), which makes the image known by its tag.

import { encodeUtf8, explain, join, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { ByteSource } from '@drover/host';
import type { OpenedUrl } from '@drover/fetch';
import type { Engine } from '../engine.ts';
import { nameImage } from '../image/add-image.ts';
import { digestOf } from '../image/image-config.ts';
import { hexOf, unfinishedName } from '../image/image-files.ts';
import type { PackedLayer } from '../image/image-files.ts';
import type { Image } from '../image/image-store.ts';
import { configurationOf, writeLayerArchive } from '../image/layer-archive.ts';
import type { Progress } from '../image/load-images.ts';
import { fullName } from '../image/save-images.ts';
import { removeTree } from '../storage/trees.ts';
import { DOCKER_MANIFEST } from './fetch-manifest.ts';
import { hashFile } from './hash-file.ts';
import { findRegistry } from './registry-address.ts';
import { appendQuery, describeFailure, RegistryClient } from './registry-client.ts';
import type { Login } from './registry-login.ts';

const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const ATTEMPTS = 3;
const BLOCK_BYTES = 64 << 10;
const UPLOAD_LIMIT_MS = 60 * 60_000;
const REPORT_MS = 200;

interface Push {
  readonly engine: Engine;
  readonly client: RegistryClient;
  /** For what is packed. */
  readonly folder: string;
  readonly tell: Progress;
}

/** `tag`: undefined for all that the repository has. Throws `not-found`, `registry-denied`, `registry-failed`. */
export async function pushImage(engine: Engine, repository: string, tag: string | undefined, login: Login, tell: Progress, cancel: Cancel): Promise<void> {
  const folder = join(engine.paths.temporary, unfinishedName(engine.host));
  await tell({ status: `The push refers to repository [${fullName(repository)}]` });
  const names = findNames(engine, repository, tag);
  const client = new RegistryClient(engine, findRegistry({ repository }, engine.registries, 'push'), login, 'pull,push', cancel);
  engine.host.files.makeDirectory(folder, 0o700);
  try {
    for (const name of names) await pushOne({ engine, client, folder, tell }, repository, name);
  } finally {
    await removeTree(engine.host, folder);
  }
}

function findNames({ images }: Engine, repository: string, tag: string | undefined): string[] {
  const known = images.list().flatMap((image) => images.tagsOf(image)).filter((name) => name.replace(/:[^:/]*$/, '') === repository);
  if (known.length === 0) throw new RosError('not-found', `An image does not exist locally with the tag: ${repository}`);
  if (tag === undefined) return known.sort();
  const wanted = `${repository}:${tag}`;
  if (!known.includes(wanted)) throw new RosError('not-found', `tag does not exist: ${wanted}`);
  return [wanted];
}

async function pushOne(push: Push, repository: string, name: string): Promise<void> {
  const { engine, client, tell } = push;
  const image = engine.images.require(name);
  const layers = [];
  for (const index of image.layers.keys()) layers.push(await pushLayer(push, image, index));
  const configText = configurationOf(engine, image, layers.map(({ diffId }) => diffId));
  const config = { digest: digestOf(engine.host, configText), sizeBytes: encodeUtf8(configText).length };
  if (!(await isThere(client, config.digest))) await upload(client, config.digest, () => configText);
  const manifest = renderManifest(config, layers);
  const digest = digestOf(engine.host, manifest);
  const tag = name.slice(name.lastIndexOf(':') + 1);
  await requireSuccess(client, await client.open(`manifests/${tag}`, { method: 'PUT', headers: { 'Content-Type': DOCKER_MANIFEST }, body: () => manifest }));
  nameImage(engine, `${repository}@${digest}`, image);
  engine.events.publish('image', 'push', name, { name: repository });
  const size = encodeUtf8(manifest).length;
  await tell({ status: `${tag}: digest: ${digest} size: ${size}` });
  await tell({ progressDetail: {}, aux: { Tag: tag, Digest: digest, Size: size } });
}

function renderManifest(config: PackedLayer, layers: readonly PackedLayer[]): string {
  const describe = (mediaType: string, { digest, sizeBytes }: PackedLayer): object => ({ mediaType, size: sizeBytes, digest });
  return JSON.stringify({ schemaVersion: 2, mediaType: DOCKER_MANIFEST, config: describe(CONFIG, config), layers: layers.map((layer) => describe(LAYER, layer)) }, undefined, 3);
}

// ---- layers

interface PushedLayer extends PackedLayer {
  readonly diffId: string;
}

async function pushLayer(push: Push, image: Image, index: number): Promise<PushedLayer> {
  const { engine, client, folder, tell } = push;
  const known = image.diffIds?.[index];
  const packed = known === undefined ? undefined : engine.imageFiles.readLayer(known)?.packed;
  const id = hexOf(known ?? digestOf(engine.host, image.layers[index]!)).slice(0, 12);
  await tell({ status: 'Preparing', progressDetail: {}, id });
  if (known !== undefined && packed !== undefined && (await isThere(client, packed.digest))) {
    await tell({ status: 'Layer already exists', progressDetail: {}, id });
    return { diffId: known, ...packed };
  }
  const path = join(folder, id);
  const { diffId, ...made } = await pack(engine, image, index, path);
  try {
    if (await isThere(client, made.digest)) await tell({ status: 'Layer already exists', progressDetail: {}, id });
    else await uploadFile(push, made, path, id);
  } finally {
    engine.host.files.remove(path);
  }
  engine.imageFiles.notePacked(diffId, made);
  return { diffId, ...made };
}

/** Into the file `path`. */
async function pack(engine: Engine, image: Image, index: number, path: string): Promise<PushedLayer> {
  const { files, children } = engine.host;
  files.write(path, '', { mode: 0o600 });
  const { read, write } = children.pipe();
  const file = children.openDescriptor(path, 'write');
  const gzip = children.start({ argv: ['gzip', '-c'], descriptors: [[0, read], [1, file], [2, 2]], deathSignal: 'KILL' });
  for (const fd of [read, file]) children.closeDescriptor(fd);
  const { diffId } = await writeLayerArchive(engine, image, index, { to: write });
  const { code } = await gzip.wait();
  if (code !== 0) throw new RosError('archive-failed', `packing a layer failed: gzip ended with ${code}`);
  return { diffId, digest: await hashFile(engine, path), sizeBytes: files.stat(path)?.sizeBytes ?? 0 };
}

async function uploadFile({ engine, client, tell }: Push, { digest, sizeBytes: total }: PackedLayer, path: string, id: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const source = openFile(engine, path, (current) => tell({ status: 'Pushing', progressDetail: { current, total }, id }));
    try {
      await upload(client, digest, () => source);
      return await tell({ status: 'Pushed', progressDetail: {}, id });
    } catch (error) {
      if (attempt === ATTEMPTS || (error instanceof RosError && ['registry-denied', 'cancelled'].includes(error.code))) throw error;
      engine.log.warn(`uploading ${digest} broke off, attempt ${attempt}: ${explain(error)}`);
    } finally {
      source.close();
    }
  }
}

/** Tells how far it is now and then. */
function openFile({ host }: Engine, path: string, tell: (current: number) => Promise<void>): ByteSource {
  const file = host.files.open(path, 'read');
  let current = 0;
  let told = host.clock.monotonic();
  return {
    async read() {
      const block = new Uint8Array(BLOCK_BYTES);
      const got = file.read(block);
      current += got;
      if (got > 0 && host.clock.monotonic() - told >= REPORT_MS) {
        told = host.clock.monotonic();
        await tell(current);
      }
      return got === 0 ? undefined : block.subarray(0, got);
    },
    close: () => file.close(),
  };
}

// ---- blobs

async function isThere(client: RegistryClient, digest: string): Promise<boolean> {
  const answer = await client.open(`blobs/${digest}`, { method: 'HEAD' });
  answer.body.close();
  return answer.status === 200;
}

async function upload(client: RegistryClient, digest: string, body: () => string | ByteSource): Promise<void> {
  const place = await requirePlace(client, await client.open('blobs/uploads/', { method: 'POST' }));
  const next = await requirePlace(client, await client.openFrom(place, { method: 'PATCH', headers: { 'Content-Type': 'application/octet-stream' }, body, timeoutMs: UPLOAD_LIMIT_MS }));
  await requireSuccess(client, await client.openFrom(appendQuery(next, { digest }), { method: 'PUT' }));
}

async function requireSuccess(client: RegistryClient, answer: OpenedUrl): Promise<void> {
  const text = await client.readText(answer);
  if (answer.status < 300) return;
  throw new RosError(answer.status === 401 || answer.status === 403 ? 'registry-denied' : 'registry-failed', describeFailure(text) || `the registry ${client.address.name} answers ${answer.status}`);
}

/** Where the upload goes on. */
async function requirePlace(client: RegistryClient, answer: OpenedUrl): Promise<string> {
  await requireSuccess(client, answer);
  const place = answer.headers.get('location');
  if (place === undefined) throw new RosError('registry-failed', `the registry ${client.address.name} does not say where to send a layer`);
  return place;
}
