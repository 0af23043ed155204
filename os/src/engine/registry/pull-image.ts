// `docker pull`: the manifest for this machine, its layers three at a time, each checked by digest before it is
// unpacked and again as it is unpacked; then the image, then its names.

import { CancelSource, decodeUtf8, encodeHex, encodeUtf8, join, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import { withDeadline } from '@drover/host';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { withClaimedLayers } from '../image/claim-layers.ts';
import { addImage, nameImage } from '../image/add-image.ts';
import { isDigest, parseImageConfig } from '../image/image-config.ts';
import type { ImageReference } from '../image/image-reference.ts';
import { hexOf, UNFINISHED } from '../image/image-files.ts';
import { importLayer } from '../image/import-layer.ts';
import type { Progress } from '../image/load-images.ts';
import { removeTree } from '../storage/trees.ts';
import { findRegistry } from './registry-address.ts';
import type { Login } from './registry-client.ts';
import { RegistryClient } from './registry-client.ts';

const MANIFESTS = ['application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.oci.image.manifest.v1+json'];
const INDEXES = ['application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.oci.image.index.v1+json'];

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };
const DOWNLOADS = 3;
const ATTEMPTS = 5;
const RETRY_MS = 1000;
const STALL_LIMIT_MS = 60_000;
const REPORT_MS = 200;
const HASH_LIMIT_MS = 30 * 60_000;

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture?: string; readonly os?: string };
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Throws `not-found`, `registry-denied`, `registry-failed`, `invalid-image`. */
export async function pullImage(engine: Engine, reference: ImageReference, login: Login, tell: Progress, cancel: Cancel): Promise<void> {
  const wanted = reference.digest ?? reference.tag ?? 'latest';
  const stop = new CancelSource(cancel);
  const client = new RegistryClient(engine.host, findRegistry(reference, engine.insecureRegistries), login, stop);
  const folder = join(engine.paths.temporary, UNFINISHED + encodeHex(engine.host.random(8)));
  engine.host.files.makeDirectory(folder, 0o700);
  try {
    const { manifest, digest } = await fetchManifest(engine, client, wanted, reference);
    await tell({ status: `Pulling from ${client.address.path}`, id: wanted });
    const configText = await fetchConfig(engine, client, manifest.config);
    const { diff_ids: diffIds } = parseImageConfig(configText).rootfs;
    if (diffIds.length !== manifest.layers.length) throw new RosError('invalid-image', 'the image has another number of layers than its configuration says');
    await withClaimedLayers(engine, diffIds, async () => {
      await fetchLayers(engine, client, manifest.layers, diffIds, folder, tell, stop);
      await finish(engine, reference, configText, digest, tell);
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

// ---- manifests and configurations

async function fetchManifest(engine: Engine, client: RegistryClient, wanted: string, reference: ImageReference): Promise<{ readonly manifest: Manifest; readonly digest: string }> {
  const top = await fetchChecked(engine, client, 'manifests', wanted, [...MANIFESTS, ...INDEXES], reference);
  const parsed = parseJson(top.text) as Partial<Manifest> & { readonly manifests?: readonly Descriptor[] };
  if (parsed.manifests === undefined) return { manifest: checkManifest(parsed), digest: top.digest };
  const architecture = ARCHITECTURES[engine.host.kernel.machine] ?? engine.host.kernel.machine;
  const mine = parsed.manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === architecture);
  if (mine === undefined || !isDigest(mine.digest)) throw apiError('not-found', `no matching manifest for linux/${architecture} in the manifest list entries`);
  const own = await fetchChecked(engine, client, 'manifests', mine.digest, MANIFESTS, reference);
  return { manifest: checkManifest(parseJson(own.text) as Partial<Manifest>), digest: top.digest };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RosError('registry-failed', 'the registry answers with what is not JSON');
  }
}

function checkManifest({ config, layers }: Partial<Manifest>): Manifest {
  const sound = config !== undefined && isDigest(config.digest) && Array.isArray(layers) && layers.every(({ digest, size }) => isDigest(digest) && typeof size === 'number');
  if (!sound) throw new RosError('registry-failed', 'the registry has no manifest of a kind that is understood here (version 2, or OCI)');
  return { config, layers };
}

/** A digest that was asked for is what comes. */
async function fetchChecked({ host }: Engine, client: RegistryClient, kind: 'manifests' | 'blobs', wanted: string, accept: readonly string[], reference: ImageReference): Promise<{ readonly text: string; readonly digest: string }> {
  const answer = await client.open(`${kind}/${wanted}`, { Accept: accept.join(', ') });
  const text = await client.readText(answer);
  if (answer.status === 404) throw apiError('not-found', `manifest for ${reference.repository}${reference.digest === undefined ? `:${wanted}` : `@${wanted}`} not found: manifest unknown: manifest unknown`);
  if (answer.status >= 300) throw new RosError('registry-failed', `the registry ${client.address.name} answers ${answer.status}: ${text.trim().slice(0, 200)}`);
  const digest = `sha256:${encodeHex(host.sha256(encodeUtf8(text)))}`;
  if (isDigest(wanted) && digest !== wanted) throw new RosError('registry-failed', `what the registry gave for ${wanted} has the digest ${digest}`);
  return { text, digest };
}

async function fetchConfig(engine: Engine, client: RegistryClient, { digest }: Descriptor): Promise<string> {
  return (await fetchChecked(engine, client, 'blobs', digest, ['*/*'], { repository: client.address.path, tag: undefined, digest })).text;
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
  await importLayer(engine, path, diffId);
  engine.host.files.remove(path);
  return tell({ status: 'Pull complete', progressDetail: {}, id });
}

async function hashFile({ host }: Engine, path: string): Promise<string> {
  const { code, stdout, stderr } = await host.processes.run(['sha256sum', path], { timeoutMs: HASH_LIMIT_MS });
  if (code !== 0) throw new RosError('registry-failed', `sha256sum: ${stderr.trim()}`);
  return `sha256:${stdout.slice(0, 64)}`;
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
  const answer = await client.open(`blobs/${digest}`, current > 0 ? { Range: `bytes=${current}-` } : {});
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
