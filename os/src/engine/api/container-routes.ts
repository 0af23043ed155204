// /containers/...

import type { ContainerCreateBody } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Container } from '../container/container.ts';
import { measureContainer } from '../container/measure-container.ts';
import { createContainer } from '../container/create-container.ts';
import { CONTAINER_FILTERS, filterContainers } from '../container/filter-containers.ts';
import { removeContainer } from '../container/remove-container.ts';
import { renderInspect } from '../container/render-inspect.ts';
import { renderSummary } from '../container/render-summary.ts';
import { startContainer } from '../container/start-container.ts';
import type { StopOptions } from '../container/stop-container.ts';
import { killContainer, pauseContainer, restartContainer, stopContainer, unpauseContainer } from '../container/stop-container.ts';
import type { Engine } from '../engine.ts';
import type { ApiRequest, Handler, Routes } from './api-request.ts';
import { defineRoutes } from './api-request.ts';
import { CONTAINER_CREATE, HOST_CONFIG } from './body-shapes.ts';
import { checkShape } from './check-shape.ts';
import { parseFilters } from './parse-filters.ts';

const list: Handler = async (engine, request) => {
  const { query } = request;
  const filters = parseFilters(query.get('filters'), CONTAINER_FILTERS);
  const found = filterContainers(engine.containers.list(), { all: query.isOn('all'), limit: request.readNumber('limit') ?? 0, filters }, {
    requireContainer: (name) => engine.containers.require(name),
    findImage: (name) => engine.images.find(name)?.id,
  });
  const withSizes = query.isOn('size');
  await request.send(200, await Promise.all(found.map(async (container) => ({ ...renderSummary(engine, container), ...(withSizes && (await measureContainer(engine, container))) }))));
};

const create: Handler = async (engine, request) => {
  const body = (await request.readJson()) as ContainerCreateBody;
  checkShape(body, CONTAINER_CREATE, 'ContainerConfigWrapper');
  if (Object.keys(body).length === 0) throw apiError('invalid-parameter', 'config cannot be empty in order to create a container');
  // Older clients remove their containers themselves.
  const asked = request.version < 25 && body.HostConfig ? { ...body, HostConfig: { ...body.HostConfig, AutoRemove: false } } : body;
  await request.send(201, await createContainer(engine, request.query.get('name'), asked));
};

/** A route about one container that answers 204. */
function act(action: (engine: Engine, container: Container, request: ApiRequest) => Promise<unknown>): Handler {
  return async (engine, request) => {
    await action(engine, engine.containers.require(request.name), request);
    await request.done();
  };
}

function stopOptions(request: ApiRequest): StopOptions {
  const graceSeconds = request.readNumber('t');
  const signal = request.version >= 42 ? request.query.get('signal') : '';
  return { ...(graceSeconds !== undefined && { graceSeconds }), ...(signal !== '' && { signal }) };
}

const kill: Handler = async (engine, request) => {
  const { name } = request;
  const container = engine.containers.find(name);
  if (container === undefined) throw apiError('not-found', `cannot kill container: ${name}: No such container: ${name}`);
  await killContainer(engine, container, request.query.get('signal'), name);
  await request.done();
};

const inspect: Handler = async (engine, request) => {
  const container = engine.containers.require(request.name);
  const sizes = request.query.isOn('size') ? await measureContainer(engine, container) : {};
  await request.send(200, { ...renderInspect(engine, container), ...sizes });
};

const streams = (name: 'attach' | 'logs' | 'wait' | 'resize'): Handler => async (engine, request) => (await import('./container-streams.ts'))[name](engine, request);

const changes = (name: 'rename' | 'update'): Handler => async (engine, request) => {
  const container = engine.containers.require(request.name);
  const { renameContainer, updateContainer } = await import('../container/change-container.ts');
  if (name === 'rename') {
    await renameContainer(engine, container, request.query.get('name'));
    return request.done();
  }
  const limits = await request.readJson();
  checkShape(limits, HOST_CONFIG, 'UpdateConfig');
  return request.send(200, { Warnings: await updateContainer(engine, container, limits) });
};

const top: Handler = async (engine, request) => {
  const { readTop } = await import('../container/read-top.ts');
  await request.send(200, await readTop(engine, engine.containers.require(request.name), request.query.get('ps_args')));
};

const files = (name: 'statPath' | 'getArchive' | 'putArchive' | 'exportContainer' | 'changes'): Handler => async (engine, request) => (await import('./container-files.ts'))[name](engine, request);

const stats: Handler = async (engine, request) => (await import('./container-stats.ts')).sendStats(engine, request);

const prune: Handler = async (engine, request) => (await import('./prune.ts')).pruneContainers(engine, request);

const createExec: Handler = async (engine, request) => (await import('./exec-routes.ts')).create(engine, request);

export const ROUTES: Routes = defineRoutes({
  'GET /containers/json': list,
  'POST /containers/create': create,
  'GET /containers/{name}/json': inspect,
  'POST /containers/{name}/start': act((engine, container) => startContainer(engine, container)),
  'POST /containers/{name}/stop': act((engine, container, request) => stopContainer(engine, container, stopOptions(request))),
  'POST /containers/{name}/restart': act((engine, container, request) => restartContainer(engine, container, stopOptions(request))),
  'POST /containers/{name}/kill': kill,
  'POST /containers/{name}/pause': act((engine, container) => pauseContainer(engine, container)),
  'POST /containers/{name}/unpause': act((engine, container) => unpauseContainer(engine, container)),
  'DELETE /containers/{name}': act((engine, container, { query }) => removeContainer(engine, container, { force: query.isOn('force'), volumes: query.isOn('v') })),
  'POST /containers/{name}/rename': changes('rename'),
  'POST /containers/{name}/update': changes('update'),
  'POST /containers/{name}/attach': streams('attach'),
  'POST /containers/{name}/wait': streams('wait'),
  'POST /containers/{name}/resize': streams('resize'),
  'GET /containers/{name}/logs': streams('logs'),
  'GET /containers/{name}/top': top,
  'POST /containers/{name}/exec': createExec,
  'POST /containers/prune': prune,
  'GET /containers/{name}/stats': stats,
  'GET /containers/{name}/changes': files('changes'),
  'GET /containers/{name}/export': files('exportContainer'),
  'HEAD /containers/{name}/archive': files('statPath'),
  'GET /containers/{name}/archive': files('getArchive'),
  'PUT /containers/{name}/archive': files('putArchive'),
});
