// /images/...: what can be told of the images that are there. Pulling, loading and building come with the issue that
// completes System Docker; until then they are refused in words that say so.

import type { ImageInspect, ImageSummary } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import type { Image } from '../image/image-store.ts';
import type { Handler, Routes } from './api-request.ts';
import { defineRoutes } from './api-request.ts';
import { matchesLabels, parseFilters } from './parse-filters.ts';

const IMAGE_FILTERS = ['dangling', 'label', 'before', 'since', 'reference', 'until'];

const list: Handler = async (engine, request) => {
  const filters = parseFilters(request.query.get('filters'), IMAGE_FILTERS);
  const found = engine.images.list().filter((image) => {
    const tags = engine.images.tagsOf(image);
    const dangling = filters['dangling'];
    return (
      matchesLabels(filters['label'], image.config.Labels ?? {}) &&
      (dangling === undefined || ['true', '1'].includes(dangling[0]!) === (tags.length === 0)) &&
      (filters['reference'] === undefined || filters['reference'].some((text) => tags.some((tag) => toPattern(text).test(tag))))
    );
  });
  await request.send(200, found.map((image) => renderSummary(engine, image)).sort((a, b) => b.Created - a.Created));
};

/** `drover/*`, `busybox`, `busybox:1*` */
function toPattern(text: string): RegExp {
  const source = text.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]*').replace(/\?/g, '[^/]');
  return new RegExp(`^${source}${text.includes(':') ? '' : '(:.*)?'}$`);
}

function renderSummary(engine: Engine, image: Image): ImageSummary {
  return {
    Id: image.id,
    ParentId: '',
    RepoTags: engine.images.tagsOf(image),
    RepoDigests: [],
    Created: Math.floor(Date.parse(image.createdAt) / 1000),
    Size: image.sizeBytes,
    SharedSize: -1,
    VirtualSize: image.sizeBytes,
    Labels: image.config.Labels ?? null,
    Containers: -1,
  };
}

const inspect: Handler = async (engine, request) => {
  const image = engine.images.require(request.name);
  const rendered: ImageInspect = {
    Id: image.id,
    RepoTags: engine.images.tagsOf(image),
    RepoDigests: [],
    Parent: '',
    Comment: '',
    Created: image.createdAt,
    DockerVersion: '',
    Author: '',
    Config: image.config,
    Architecture: image.architecture,
    Os: 'linux',
    Size: image.sizeBytes,
    VirtualSize: image.sizeBytes,
    GraphDriver: { Name: 'overlay2', Data: { LowerDir: image.layers.toReversed().join(':') } },
    RootFS: { Type: 'layers', Layers: image.layers },
    Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
  };
  await request.send(200, rendered);
};

const history: Handler = async (engine, request) => {
  const image = engine.images.require(request.name);
  const created = Math.floor(Date.parse(image.createdAt) / 1000);
  const top = { Id: image.id, Created: created, CreatedBy: '', Tags: engine.images.tagsOf(image), Size: image.sizeBytes, Comment: '' };
  await request.send(200, [top]);
};

const remove: Handler = (engine, request) => {
  const image = engine.images.require(request.name);
  throw apiError('conflict', `conflict: unable to delete ${image.id.slice(7, 19)} (cannot be forced) - image is part of the operating system`);
};

const later = (what: string): Handler => () => {
  throw apiError('not-implemented', `${what} is not supported by System Docker yet`);
};

export const ROUTES: Routes = defineRoutes({
  'GET /images/json': list,
  'POST /images/create': later('pulling and importing images'),
  'POST /images/load': later('loading images'),
  'GET /images/get': later('saving images'),
  'GET /images/search': later('searching for images'),
  'POST /images/prune': later('pruning images'),
  'GET /images/{name...}/json': inspect,
  'GET /images/{name...}/history': history,
  'GET /images/{name...}/get': later('saving images'),
  'POST /images/{name...}/tag': later('tagging images'),
  'POST /images/{name...}/push': later('pushing images'),
  'DELETE /images/{name...}': remove,
  'POST /build': later('building images'),
  'POST /commit': later('committing containers'),
  'GET /distribution/{name...}/json': later('asking a registry'),
});
