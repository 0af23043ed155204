// The routes that ask a registry: pull, push, login, search, and what is known of an image there.

import { RUNNING_CONFIG } from '../../names.ts';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import type { ImageReference } from '../image/image-reference.ts';
import { parseImageReference } from '../image/image-reference.ts';
import { fetchManifest, fetchPlatform } from '../registry/fetch-manifest.ts';
import { logIn } from '../registry/log-in.ts';
import { pullImage } from '../registry/pull-image.ts';
import { pushImage } from '../registry/push-image.ts';
import { findRegistry } from '../registry/registry-address.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import type { Login } from '../registry/registry-login.ts';
import { findConfiguredLogin, hasLogin, parseLoginHeader } from '../registry/registry-login.ts';
import { searchImages } from '../registry/search-images.ts';
import type { ApiRequest } from './api-request.ts';
import { parseSwitch } from './image-routes.ts';
import { parseFilters } from './parse-filters.ts';
import { tellProgress } from './tell-progress.ts';

/** The client's, or else the one that the configuration has for the registry. */
function chooseLogin(engine: Engine, request: ApiRequest, registry: string): Login {
  const given = parseLoginHeader(request.exchange.head.headers.get('x-registry-auth'));
  return hasLogin(given) ? given : findConfiguredLogin(engine.host.files, RUNNING_CONFIG, registry);
}

function requireReference(text: string): ImageReference {
  const reference = parseImageReference(text);
  if (reference === undefined) throw apiError('invalid-parameter', 'invalid reference format');
  return reference;
}

export async function pull(engine: Engine, request: ApiRequest): Promise<void> {
  const { query, exchange } = request;
  const [image, tag] = [query.get('fromImage'), query.get('tag')];
  const reference = requireReference(tag === '' ? image : `${image}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`);
  const login = chooseLogin(engine, request, findRegistry(reference, engine.registries).name);
  await tellProgress(engine, request, (tell) => pullImage(engine, reference, login, tell, exchange.whenClientLeaves()));
}

export async function push(engine: Engine, request: ApiRequest): Promise<void> {
  const { repository, tag, digest } = requireReference(request.name);
  if (digest !== undefined) throw apiError('invalid-parameter', 'cannot push a digest reference');
  const wanted = request.query.get('tag') || tag;
  const login = chooseLogin(engine, request, findRegistry({ repository }, engine.registries).name);
  await tellProgress(engine, request, (tell) => pushImage(engine, repository, wanted, login, tell, request.exchange.whenClientLeaves()));
}

export async function login(engine: Engine, request: ApiRequest): Promise<void> {
  await logIn(engine, await request.readJson(), request.exchange.whenClientLeaves());
  await request.send(200, { IdentityToken: '', Status: 'Login Succeeded' });
}

export async function distribution(engine: Engine, request: ApiRequest): Promise<void> {
  const reference = requireReference(request.name);
  const address = findRegistry(reference, engine.registries);
  const client = new RegistryClient(engine, address, chooseLogin(engine, request, address.name), 'pull', request.exchange.whenClientLeaves());
  const { top, platforms, manifest } = await fetchManifest(engine, client, reference);
  const known = platforms.length > 0 ? platforms : [await fetchPlatform(engine, client, await manifest())];
  await request.send(200, { Descriptor: top, Platforms: known });
}

const MOST_RESULTS = 100;
const RESULTS = 25;

export async function search(engine: Engine, request: ApiRequest): Promise<void> {
  const { query } = request;
  const filters = parseFilters(query.get('filters'), ['is-automated', 'is-official', 'stars']);
  const limit = request.readNumber('limit') ?? RESULTS;
  if (limit < 1 || limit > MOST_RESULTS) throw apiError('invalid-parameter', `limit ${limit} is outside the range of [1, ${MOST_RESULTS}]`);
  const [official, automated] = [parseSwitch(filters['is-official']?.[0], 'is-official'), parseSwitch(filters['is-automated']?.[0], 'is-automated')];
  const stars = Math.max(0, ...(filters['stars'] ?? []).map(parseStars));
  const found = await searchImages(engine, query.get('term'), limit, (registry) => chooseLogin(engine, request, registry), request.exchange.whenClientLeaves());
  await request.send(200, found.filter((one) => one.star_count >= stars && (official ?? one.is_official) === one.is_official && (automated ?? one.is_automated) === one.is_automated));
}

function parseStars(text: string): number {
  if (!/^\d+$/.test(text)) throw apiError('invalid-parameter', `invalid filter 'stars=${text}'`);
  return Number(text);
}
