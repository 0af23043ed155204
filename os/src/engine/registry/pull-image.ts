// `docker pull`: the manifest for this machine, its layers three at a time, each checked by digest before it is
// unpacked and again as it is unpacked; then the image, then its names.

import { CancelSource, decodeUtf8, join, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import { withDeadline } from '@drover/host';
import type { Engine } from '../engine.ts';
import { withClaimedLayers } from '../image/claim-layers.ts';
import { addImage, nameImage } from '../image/add-image.ts';
import { parseImageConfig } from '../image/image-config.ts';
import type { ImageReference } from '../image/image-reference.ts';
import { hexOf, unfinishedName } from '../image/image-files.ts';
import { importLayer } from '../image/import-layer.ts';
import type { Progress } from '../image/load-images.ts';
import { removeTree } from '../storage/trees.ts';
import type { Descriptor } from './fetch-manifest.ts';
import { fetchConfig, fetchManifest } from './fetch-manifest.ts';
import { hashFile } from './hash-file.ts';
import { findRegistry } from './registry-address.ts';
import { RegistryClient } from './registry-client.ts';
import type { Login } from './registry-login.ts';

const DOWNLOADS = 3;
const ATTEMPTS = 5;
const RETRY_MS = 1000;
const STALL_LIMIT_MS = 60_000;
const REPORT_MS = 200;

/** Throws `not-found`, `registry-denied`, `registry-failed`, `invalid-image`. */
export async function pullImage(engine: Engine, reference: ImageReference, login: Login, tell: Progress, cancel: Cancel): Promise<void> {
  const wanted = reference.digest ?? reference.tag ?? 'latest';
  const stop = new CancelSource(cancel);
  const client = new RegistryClient(engine, findRegistry(reference, engine.registries), login, 'pull', stop);
  const folder = join(engine.paths.temporary, unfinishedName(engine.host));
  engine.host.files.makeDirectory(folder, 0o700);
  try {
    const found = await fetchManifest(engine, client, reference);
    const manifest = await found.manifest();
    await tell({ status: `Pulling from ${client.address.path}`, id: wanted });
    const configText = await fetchConfig(engine, client, manifest.config);
    const { diff_ids: diffIds } = parseImageConfig(configText).rootfs;
    if (diffIds.length !== manifest.layers.length) throw new RosError('invalid-image', 'the image has another number of layers than its configuration says');
    await withClaimedLayers(engine, diffIds, async () => {
      await fetchLayers(engine, client, manifest.layers, diffIds, folder, tell, stop);
      await finish(engine, reference, configText, found.top.digest, tell);
    });
  } finally {
    stop.cancel();
    await removeTree(engine.host, folder);
  }
}

async function finish(engine: Engine, reference: ImageReference, configText: string, digest: string, tell: Progress): Promise<void> {
  const { repository } = reference;
  const shown = `${repository}${reference.digest === undefined ? `:${reference.tag ?? 'latest'}` : `@${reference.digest}`}`;
  const before = engine.images.find(shown);
  const image = addImage(engine, configText);
  nameImage(engine, `${repository}@${digest}`, image);
  if (reference.digest === undefined) nameImage(engine, shown, image);
  engine.events.publish('image', 'pull', shown, { name: repository });
  await tell({ status: `Digest: ${digest}` });
  await tell({ status: `Status: ${before?.id === image.id ? 'Image is up to date for' : 'Downloaded newer image for'} ${shown}` });
}

// ---- layers

/** A layer that several images or several places of one have is fetched once. The first failure stops the others. */
async function fetchLayers(engine: Engine, client: RegistryClient, layers: readonly Descriptor[], diffIds: readonly string[], folder: string, tell: Progress, stop: CancelSource): Promise<void> {
  const work = new Map(layers.map((layer, i) => [diffIds[i]!, layer]));
  const queue = [...work];
  for (const { digest } of work.values()) await tell({ status: 'Pulling fs layer', progressDetail: {}, id: shortId(digest) });
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await fetchLayer(engine, client, next[1], next[0], folder, tell, stop);
  };
  let failure: unknown;
  await Promise.all(Array.from({ length: DOWNLOADS }, () => worker().catch((error: unknown) => {
    failure ??= error;
    queue.length = 0;
    stop.cancel();
  })));
  if (failure !== undefined) throw failure;
}

function shortId(digest: string): string {
  return hexOf(digest).slice(0, 12);
}

async function fetchLayer(engine: Engine, client: RegistryClient, layer: Descriptor, diffId: string, folder: string, tell: Progress, stop: Cancel): Promise<void> {
  const id = shortId(layer.digest);
  if (engine.imageFiles.readLayer(diffId) !== undefined) return tell({ status: 'Already exists', progressDetail: {}, id });
  const path = join(folder, hexOf(layer.digest));
  await download(engine, client, layer, path, tell, stop);
  await tell({ status: 'Verifying Checksum', progressDetail: {}, id });
  const actual = await hashFile(engine, path);
  if (actual !== layer.digest) throw new RosError('registry-failed', `filesystem layer verification failed for digest ${layer.digest}`, { facts: { actual } });
  await tell({ status: 'Download complete', progressDetail: {}, id });
  await importLayer(engine, path, diffId, layer.mediaType?.endsWith('gzip') === true ? { digest: layer.digest, sizeBytes: layer.size } : undefined);
  engine.host.files.remove(path);
  return tell({ status: 'Pull complete', progressDetail: {}, id });
}

/** A connection that breaks is taken up again where it broke. */
async function download(engine: Engine, client: RegistryClient, layer: Descriptor, path: string, tell: Progress, stop: Cancel): Promise<void> {
  engine.host.files.write(path, '', { mode: 0o600 });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await downloadRest(engine, client, layer, path, tell);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || stop.reason !== undefined || (error instanceof RosError && error.code === 'registry-denied')) throw error;
      engine.log.warn(`downloading ${layer.digest} broke off, attempt ${attempt}: ${String(error)}`);
      await tell({ status: `Retrying in ${attempt} second${attempt === 1 ? '' : 's'}`, progressDetail: {}, id: shortId(layer.digest) });
      await engine.host.clock.sleep(RETRY_MS * attempt, stop);
    }
  }
}

async function downloadRest({ host }: Engine, client: RegistryClient, { digest, size }: Descriptor, path: string, tell: Progress): Promise<void> {
  let current = host.files.stat(path)?.sizeBytes ?? 0;
  if (current === size) return;
  const answer = await client.open(`blobs/${digest}`, current > 0 ? { headers: { Range: `bytes=${current}-` } } : {});
  try {
    if (answer.status !== 200 && answer.status !== 206) throw new RosError('registry-failed', `the registry answers ${answer.status} when asked for ${digest}: ${decodeUtf8((await answer.body.read()) ?? new Uint8Array()).trim().slice(0, 200)}`);
    if (answer.status === 200 && current > 0) {
      host.files.write(path, '', { mode: 0o600 });
      current = 0;
    }
    const sink = host.children.sink(host.children.openDescriptor(path, 'append'));
    try {
      let told = 0;
      for (;;) {
        const bytes = await withDeadline(host.clock, answer.body.read(), STALL_LIMIT_MS, () => new RosError('timeout', `no byte within ${STALL_LIMIT_MS / 1000} s`));
        if (bytes === undefined) break;
        current += bytes.length;
        if (current > size) throw new RosError('registry-failed', `the registry gives more than the ${size} bytes of ${digest}`);
        await sink.write(bytes);
        if (host.clock.monotonic() - told < REPORT_MS && current < size) continue;
        told = host.clock.monotonic();
        await tell({ status: 'Downloading', progressDetail: { current, total: size }, id: shortId(digest) });
      }
    } finally {
      sink.close();
    }
  } finally {
    answer.body.close();
  }
  if (current < size) throw new RosError('registry-failed', `the registry broke off after ${current} of ${size} bytes`);
}
