// The routes that change images: load, save, import, tag, remove, prune.

import { pump } from '@drover/host';
import { HttpHeaders } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { nameImage, normaliseName } from '../image/add-image.ts';
import { parseImageReference, renderImageReference } from '../image/image-reference.ts';
import { importImage } from '../image/import-image.ts';
import { loadImages } from '../image/load-images.ts';
import { pruneImages, removeImage } from '../image/remove-image.ts';
import type { SavedImage } from '../image/save-images.ts';
import { startSave } from '../image/save-images.ts';
import type { ApiRequest } from './api-request.ts';
import { parseSwitch } from './image-routes.ts';
import { matchesLabels, parseFilters } from './parse-filters.ts';
import { parseUntil } from './parse-until.ts';
import { tellProgress } from './tell-progress.ts';

export async function load(engine: Engine, request: ApiRequest): Promise<void> {
  const quiet = request.query.isOn('quiet');
  await request.exchange.allowBody();
  await tellProgress(engine, request, (tell) => loadImages(engine, request.exchange.body, (line) => (quiet && 'status' in line ? Promise.resolve() : tell(line))));
}

export async function save(engine: Engine, request: ApiRequest): Promise<void> {
  const asked = request.name === '' ? request.query.getAll('names') : [request.name];
  const job = await startSave(engine, gatherImages(engine, asked));
  job.input.close();
  request.exchange.whenClientLeaves().onCancel(() => job.output.close());
  const sink = await request.exchange.startStream(200, HttpHeaders.of({ 'Content-Type': 'application/x-tar' }));
  try {
    await pump(job.output, sink);
    await job.done();
  } finally {
    job.output.close();
  }
}

/** A repository without a tag is all its tags. */
function gatherImages({ images }: Engine, asked: readonly string[]): SavedImage[] {
  const found = new Map<string, { image: SavedImage['image']; names: string[] }>();
  for (const text of asked) {
    const image = images.find(text);
    if (image === undefined) throw apiError('not-found', `No such image: ${text}`);
    const reference = parseImageReference(text);
    const named = reference !== undefined && reference.digest === undefined && images.tagsOf(image).includes(renderImageReference(reference));
    const entry = found.get(image.id) ?? { image, names: [] };
    if (named) entry.names.push(renderImageReference(reference));
    found.set(image.id, entry);
  }
  return [...found.values()];
}

export async function create(engine: Engine, request: ApiRequest): Promise<void> {
  const { query } = request;
  if (query.get('fromImage') !== '') return (await import('./registry-routes.ts')).pull(engine, request);
  if (query.get('fromSrc') !== '-') throw apiError('not-implemented', 'System Docker imports what it is given, not what an address names');
  const name = query.get('repo') === '' ? undefined : normaliseName(`${query.get('repo')}${query.get('tag') === '' ? '' : `:${query.get('tag')}`}`);
  if (name === undefined && query.get('repo') !== '') throw apiError('invalid-parameter', 'invalid reference format');
  await request.exchange.allowBody();
  await tellProgress(engine, request, async (tell) => {
    const image = await importImage(engine, request.exchange.body, { message: query.get('message'), changes: query.getAll('changes') });
    if (name !== undefined) nameImage(engine, name, image);
    engine.events.publish('image', 'import', image.id, { name: name ?? image.id });
    await tell({ status: image.id });
  });
}

export async function tag(engine: Engine, request: ApiRequest): Promise<void> {
  const image = engine.images.require(request.name);
  const { query } = request;
  const reference = parseImageReference(`${query.get('repo')}${query.get('tag') === '' ? '' : `:${query.get('tag')}`}`);
  if (reference === undefined) throw apiError('invalid-parameter', 'invalid reference format');
  if (reference.digest !== undefined) throw apiError('invalid-parameter', 'refusing to create a tag with a digest reference');
  const name = renderImageReference(reference);
  nameImage(engine, name, image);
  engine.events.publish('image', 'tag', image.id, { name });
  await request.exchange.respond(201);
}

export async function remove(engine: Engine, request: ApiRequest): Promise<void> {
  await request.send(200, await removeImage(engine, request.name, request.query.isOn('force')));
}

export async function prune(engine: Engine, request: ApiRequest): Promise<void> {
  const filters = parseFilters(request.query.get('filters'), ['dangling', 'label', 'label!', 'until']);
  const until = parseUntil(filters['until'], engine.host.clock.now());
  const all = parseSwitch(filters['dangling']?.[0], 'dangling') === false;
  const { removed, bytes } = await pruneImages(engine, all, ({ createdAt, config }) => {
    const labels = config.Labels ?? {};
    return Date.parse(createdAt) <= until && matchesLabels(filters['label'], labels) && !(filters['label!'] ?? []).some((text) => matchesLabels([text], labels));
  });
  await request.send(200, { ImagesDeleted: removed.length === 0 ? null : removed, SpaceReclaimed: bytes });
}
