// What a registry says an image is: its manifest, from a list the one for this machine.

import { encodeUtf8, RosError } from '@drover/core';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { architectureOf, digestOf, isDigest } from '../image/image-config.ts';
import type { ImageReference } from '../image/image-reference.ts';
import type { RegistryClient } from './registry-client.ts';
import { describeFailure } from './registry-client.ts';

export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const MANIFESTS = [DOCKER_MANIFEST, 'application/vnd.oci.image.manifest.v1+json'];
const INDEXES = ['application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.oci.image.index.v1+json'];

export interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size: number;
}

export interface Platform {
  readonly architecture?: string;
  readonly os?: string;
  readonly variant?: string;
}

export interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface FoundManifest {
  /** What the name stands for: a list, or the manifest itself. */
  readonly top: Descriptor;
  readonly platforms: readonly Platform[];
  readonly manifest: () => Promise<Manifest>;
}

type Parsed = Partial<Manifest> & { readonly mediaType?: string; readonly manifests?: readonly (Descriptor & { readonly platform?: Platform })[] };

/** Throws `not-found`, `registry-denied`, `registry-failed`. */
export async function fetchManifest(engine: Engine, client: RegistryClient, reference: ImageReference): Promise<FoundManifest> {
  const wanted = reference.digest ?? reference.tag ?? 'latest';
  const { text, digest, mediaType } = await fetchText(engine, client, `manifests/${wanted}`, [...MANIFESTS, ...INDEXES], reference);
  const parsed = parseJson(text) as Parsed;
  const top: Descriptor = { mediaType: parsed.mediaType ?? mediaType, digest, size: encodeUtf8(text).length };
  if (parsed.manifests === undefined) return { top, platforms: [], manifest: () => Promise.resolve(checkManifest(parsed)) };
  const { manifests } = parsed;
  const manifest = async (): Promise<Manifest> => {
    const architecture = architectureOf(engine.host.kernel.machine);
    const mine = manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === architecture);
    if (mine === undefined || !isDigest(mine.digest)) throw apiError('not-found', `no matching manifest for linux/${architecture} in the manifest list entries`);
    const own = await fetchText(engine, client, `manifests/${mine.digest}`, MANIFESTS, { ...reference, digest: mine.digest });
    return checkManifest(parseJson(own.text) as Parsed);
  };
  return { top, platforms: manifests.flatMap(({ platform }) => platform ?? []), manifest };
}

/** Of an image that is in no list. */
export async function fetchPlatform(engine: Engine, client: RegistryClient, manifest: Manifest): Promise<Platform> {
  const { architecture, os, variant } = JSON.parse(await fetchConfig(engine, client, manifest.config)) as Platform;
  return { ...(architecture !== undefined && { architecture }), ...(os !== undefined && { os }), ...(variant !== undefined && { variant }) };
}

/** The configuration of an image: what is behind the digest, to the byte. */
export async function fetchConfig(engine: Engine, client: RegistryClient, { digest }: Descriptor): Promise<string> {
  return (await fetchText(engine, client, `blobs/${digest}`, ['*/*'], { repository: client.address.path, tag: undefined, digest })).text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RosError('registry-failed', 'the registry answers with what is not JSON');
  }
}

function checkManifest({ config, layers }: Parsed): Manifest {
  const sound = config !== undefined && isDigest(config.digest) && Array.isArray(layers) && layers.every(({ digest, size }) => isDigest(digest) && typeof size === 'number');
  if (!sound) throw new RosError('registry-failed', 'the registry has no manifest of a kind that is understood here (version 2, or OCI)');
  return { config, layers };
}

interface FetchedText {
  readonly text: string;
  readonly digest: string;
  readonly mediaType: string;
}

/** A digest that was asked for is what comes. */
async function fetchText({ host }: Engine, client: RegistryClient, target: string, accept: readonly string[], reference: ImageReference): Promise<FetchedText> {
  const answer = await client.open(target, { headers: { Accept: accept.join(', ') } });
  const text = await client.readText(answer);
  const { repository, tag, digest: wanted } = reference;
  if (answer.status === 404) throw apiError('not-found', `manifest for ${repository}${wanted === undefined ? `:${tag ?? 'latest'}` : `@${wanted}`} not found: manifest unknown: manifest unknown`);
  if (answer.status >= 300) throw new RosError('registry-failed', `the registry ${client.address.name} answers ${answer.status}: ${describeFailure(text)}`);
  const digest = digestOf(host, text);
  if (wanted !== undefined && digest !== wanted) throw new RosError('registry-failed', `what the registry gave for ${wanted} has the digest ${digest}`);
  return { text, digest, mediaType: (answer.headers.get('content-type') ?? '').replace(/;.*/, '') };
}
