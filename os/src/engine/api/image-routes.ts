// /images/...: what can be told of the images that are there. What changes them is in image-changes.ts.

import type { ImageInspect, ImageSummary } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import type { ImageConfig } from '../image/image-config.ts';
import type { Image } from '../image/image-store.ts';
import type { Handler, Routes } from './api-request.ts';
import { defineRoutes } from './api-request.ts';
import { matchesLabels, parseFilters } from './parse-filters.ts';
import { parseUntil } from './parse-until.ts';

const IMAGE_FILTERS = ['dangling', 'label', 'label!', 'before', 'since', 'reference', 'until'];

const list: Handler = async (engine, request) => {
  const { images, host } = engine;
  const filters = parseFilters(request.query.get('filters'), IMAGE_FILTERS);
  const createdAt = (name: string): number => Date.parse(images.require(name).createdAt);
  const before = Math.min(...(filters['before'] ?? []).map(createdAt), parseUntil(filters['until'], host.clock.now()));
  const since = Math.max(...(filters['since'] ?? []).map(createdAt), Number.NEGATIVE_INFINITY);
  const dangling = parseSwitch(filters['dangling']?.[0], 'dangling');
  const found = images.list().filter((image) => {
    const tags = images.tagsOf(image);
    return (
      Date.parse(image.createdAt) < before &&
      Date.parse(image.createdAt) > since &&
      matchesLabels(filters['label'], image.config.Labels ?? {}) &&
      !(filters['label!'] ?? []).some((text) => matchesLabels([text], image.config.Labels ?? {})) &&
      (dangling === undefined || dangling === (tags.length === 0)) &&
      (filters['reference'] === undefined || filters['reference'].some((text) => tags.some((tag) => toPattern(text).test(tag))))
    );
  });
  const patterns = filters['reference']?.map(toPattern);
  const summaries = found.map((image) => {
    const summary = renderImageSummary(engine, image);
    return patterns === undefined ? summary : { ...summary, RepoTags: summary.RepoTags.filter((tag) => patterns.some((pattern) => pattern.test(tag))) };
  });
  await request.send(200, summaries.sort((a, b) => b.Created - a.Created));
};

/** Throws `invalid-parameter` in moby's words. */
export function parseSwitch(text: string | undefined, name: string): boolean | undefined {
  if (text === undefined) return undefined;
  if (['1', 'true'].includes(text)) return true;
  if (['0', 'false'].includes(text)) return false;
  throw apiError('invalid-parameter', `invalid filter '${name}=${text}'`);
}

/** `drover/*`, `busybox`, `busybox:1*` */
function toPattern(text: string): RegExp {
  const source = text.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]*').replace(/\?/g, '[^/]');
  return new RegExp(`^${source}${/:[^/]*$/.test(text) ? '' : '(:[^/]*)?'}$`);
}

export function renderImageSummary(engine: Engine, image: Image): ImageSummary {
  return {
    Id: image.id,
    ParentId: '',
    RepoTags: engine.images.tagsOf(image),
    RepoDigests: engine.images.digestsOf(image),
    Created: Math.floor(Date.parse(image.createdAt) / 1000),
    Size: image.sizeBytes,
    SharedSize: -1,
    VirtualSize: image.sizeBytes,
    Labels: image.config.Labels ?? null,
    Containers: -1,
  };
}

/** Undefined of an image of the operating system. */
function readConfig(engine: Engine, image: Image): ImageConfig | undefined {
  const text = engine.imageFiles.readConfig(image.id);
  return text === undefined ? undefined : (JSON.parse(text) as ImageConfig);
}

const inspect: Handler = async (engine, request) => {
  const image = engine.images.require(request.name);
  const config = readConfig(engine, image);
  const rendered: ImageInspect = {
    Id: image.id,
    RepoTags: engine.images.tagsOf(image),
    RepoDigests: engine.images.digestsOf(image),
    Parent: '',
    Comment: config?.comment ?? '',
    Created: image.createdAt,
    DockerVersion: config?.docker_version ?? '',
    Author: config?.author ?? '',
    Config: image.config,
    Architecture: image.architecture,
    Os: 'linux',
    Size: image.sizeBytes,
    VirtualSize: image.sizeBytes,
    GraphDriver: { Name: 'overlay2', Data: { LowerDir: image.layers.toReversed().join(':') } },
    RootFS: { Type: 'layers', Layers: image.diffIds ?? image.layers },
    Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
  };
  await request.send(200, rendered);
};

const seconds = (time: string | undefined): number => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000));

const history: Handler = async (engine, request) => {
  const image = engine.images.require(request.name);
  const known = readConfig(engine, image)?.history ?? [];
  const steps = known.length === 0 ? [{ created: image.createdAt }] : known;
  const sizes = (image.diffIds ?? []).map((diffId) => engine.imageFiles.readLayer(diffId)?.contentBytes ?? 0);
  const rows = steps.map(({ created, created_by = '', comment = '', empty_layer = false }) => ({
    Id: '<missing>', Created: seconds(created), CreatedBy: created_by, Tags: null, Size: empty_layer ? 0 : (sizes.shift() ?? (known.length === 0 ? image.sizeBytes : 0)), Comment: comment,
  })).toReversed();
  await request.send(200, rows.map((row, i) => (i === 0 ? { ...row, Id: image.id, Tags: engine.images.tagsOf(image) } : row)));
};

const changes = (name: 'load' | 'save' | 'create' | 'tag' | 'remove' | 'prune'): Handler => async (engine, request) => (await import('./image-changes.ts'))[name](engine, request);

const atRegistry = (name: 'push' | 'search' | 'distribution'): Handler => async (engine, request) => (await import('./registry-routes.ts'))[name](engine, request);

const commit: Handler = async (engine, request) => (await import('./commit-route.ts')).commit(engine, request);

const noBuilder: Handler = () => {
  throw apiError('not-implemented', 'System Docker builds no images: build them in User Docker, and hand them over with docker save and system-docker load, or through a registry');
};

export const ROUTES: Routes = defineRoutes({
  'GET /images/json': list,
  'POST /images/create': changes('create'),
  'POST /images/load': changes('load'),
  'GET /images/get': changes('save'),
  'GET /images/search': atRegistry('search'),
  'POST /images/prune': changes('prune'),
  'GET /images/{name...}/json': inspect,
  'GET /images/{name...}/history': history,
  'GET /images/{name...}/get': changes('save'),
  'POST /images/{name...}/tag': changes('tag'),
  'POST /images/{name...}/push': atRegistry('push'),
  'DELETE /images/{name...}': changes('remove'),
  'POST /build': noBuilder,
  'POST /build/prune': (_, request) => request.send(200, { CachesDeleted: null, SpaceReclaimed: 0 }),
  'POST /commit': commit,
  'GET /distribution/{name...}/json': atRegistry('distribution'),
});
