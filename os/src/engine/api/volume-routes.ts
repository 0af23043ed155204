// /volumes/...

import type { Volume } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import type { Handler, Routes } from './api-request.ts';
import { defineRoutes } from './api-request.ts';
import { matchesLabels, matchesName, parseFilters } from './parse-filters.ts';

const VOLUME_FILTERS = ['dangling', 'driver', 'label', 'name'];

function usersOf(engine: Engine, name: string): string[] {
  return engine.containers.list().filter(({ record }) => record.mounts.some((mount) => mount.name === name)).map(({ id }) => id);
}

const list: Handler = async (engine, request) => {
  const filters = parseFilters(request.query.get('filters'), VOLUME_FILTERS);
  const dangling = filters['dangling']?.map((text) => text === 'true' || text === '1');
  const found = engine.volumes.list().filter((volume) => (
    matchesName(filters['name'], volume.Name) &&
    matchesLabels(filters['label'], volume.Labels ?? {}) &&
    (filters['driver'] === undefined || filters['driver'].includes('local')) &&
    (dangling === undefined || dangling.includes(usersOf(engine, volume.Name).length === 0))
  ));
  await request.send(200, { Volumes: found, Warnings: null });
};

const create: Handler = async (engine, request) => {
  const { Name: name, Driver: driver, Labels: labels } = (await request.readJson()) as Partial<Volume>;
  if (driver && driver !== 'local') throw apiError('not-found', `create ${name ?? ''}: error looking up volume plugin ${driver}: plugin "${driver}" not found`);
  const volume = engine.volumes.create(name || engine.volumes.newName(), labels ?? {}, !name);
  engine.events.publish('volume', 'create', volume.Name, { driver: 'local' });
  await request.send(201, volume);
};

const inspect: Handler = async (engine, request) => request.send(200, engine.volumes.inspect(request.name));

const remove: Handler = async (engine, request) => {
  const { name } = request;
  if (!engine.volumes.has(name) && request.query.isOn('force')) return request.done();
  const users = usersOf(engine, engine.volumes.inspect(name).Name);
  if (users.length > 0) throw apiError('conflict', `remove ${name}: volume is in use - [${users.join(', ')}]`);
  await engine.volumes.remove(name);
  engine.events.publish('volume', 'destroy', name, { driver: 'local' });
  return request.done();
};

const prune: Handler = async (engine, request) => (await import('./prune.ts')).pruneVolumes(engine, request);

export const ROUTES: Routes = defineRoutes({
  'GET /volumes': list,
  'POST /volumes/create': create,
  'POST /volumes/prune': prune,
  'GET /volumes/{name}': inspect,
  'DELETE /volumes/{name}': remove,
});
