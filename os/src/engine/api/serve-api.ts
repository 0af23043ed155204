// The Docker Engine API on a connection: versions, routes, errors. Each area of the API is loaded when it is first asked
// for: most engines never see most of it.

import { codeOf, explain, messageOf } from '@drover/core';
import type { Connection } from '@drover/host';
import { decodePart, HttpHeaders, serveConnection, splitTarget } from '@drover/docker-api';
import type { HttpExchange } from '@drover/docker-api';
import { apiError, inWords, statusOf } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { VERSION } from '../../version.ts';
import type { Handler, Routes } from './api-request.ts';
import { API_NEWEST, API_OLDEST, ApiRequest } from './api-request.ts';

interface Area {
  readonly ROUTES: Routes;
}

/** By the first part of the path. */
const AREAS: Readonly<Record<string, () => Promise<Area>>> = {
  _ping: () => import('./system-routes.ts'),
  version: () => import('./system-routes.ts'),
  info: () => import('./system-routes.ts'),
  auth: () => import('./system-routes.ts'),
  system: () => import('./system-routes.ts'),
  plugins: () => import('./system-routes.ts'),
  ...Object.fromEntries(['swarm', 'services', 'nodes', 'tasks', 'secrets', 'configs'].map((area) => [area, () => import('./system-routes.ts')])),
  events: () => import('./event-routes.ts'),
  containers: () => import('./container-routes.ts'),
  exec: () => import('./exec-routes.ts'),
  images: () => import('./image-routes.ts'),
  build: () => import('./image-routes.ts'),
  commit: () => import('./image-routes.ts'),
  distribution: () => import('./image-routes.ts'),
  volumes: () => import('./volume-routes.ts'),
  networks: () => import('./network-routes.ts'),
};

const HEADERS = HttpHeaders.of({
  'Api-Version': `1.${API_NEWEST}`,
  'Docker-Experimental': 'false',
  'Ostype': 'linux',
  'Server': `Docker/${VERSION} (linux)`,
});

export async function serveApi(engine: Engine, connection: Connection): Promise<void> {
  try {
    await serveConnection(connection, (exchange) => handle(engine, exchange), { headers: HEADERS, onError: (exchange, error) => answerError(engine, exchange, error) });
  } catch (error) {
    engine.log.error(`a connection of the API failed: ${explain(error)}${error instanceof Error ? `\n${error.stack ?? ''}` : ''}`);
  }
}

async function handle(engine: Engine, exchange: HttpExchange): Promise<void> {
  const { path, query } = splitTarget(exchange.head.target);
  const { version, rest } = parseVersion(path);
  const area = AREAS[rest.split('/')[1] ?? ''];
  const found = area === undefined ? undefined : findRoute((await area()).ROUTES, exchange.head.method, rest);
  engine.log.debug(`${exchange.head.method} ${exchange.head.target}`);
  if (found === undefined) throw apiError('not-found', 'page not found');
  await found.handler(engine, new ApiRequest(exchange, query, version, found.vars));
}

/** `/v1.41/info` -> 41 and `/info`. Throws `invalid-parameter` in moby's words. */
export function parseVersion(path: string): { readonly version: number; readonly rest: string } {
  const match = /^\/v(\d+)\.(\d+)(\/.*)$/.exec(path);
  if (match === null) return { version: API_NEWEST, rest: path };
  const [, major, minor, rest] = match;
  const version = Number(minor);
  if (major !== '1' || version > API_NEWEST) throw apiError('invalid-parameter', `client version ${major!}.${minor!} is too new. Maximum supported API version is 1.${API_NEWEST}`);
  if (version < API_OLDEST) {
    throw apiError('invalid-parameter', `client version 1.${minor!} is too old. Minimum supported API version is 1.${API_OLDEST}, please upgrade your client to a newer version`);
  }
  return { version, rest: rest! };
}

export function findRoute(routes: Routes, method: string, path: string): { readonly handler: Handler; readonly vars: Readonly<Record<string, string>> } | undefined {
  for (const { method: wanted, pattern, handler } of routes) {
    if (wanted !== method) continue;
    const match = pattern.exec(path);
    if (match !== null) return { handler, vars: Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodePart(value)])) };
  }
  return undefined;
}

async function answerError(engine: Engine, exchange: HttpExchange, error: unknown): Promise<void> {
  const status = statusOf(error);
  const known = codeOf(error) !== undefined && status !== 500;
  const message = known || codeOf(error) === 'system' ? messageOf(error) : inWords(error);
  const stack = status === 500 && codeOf(error) === undefined && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  if (status >= 500) engine.log.error(`${exchange.head.method} ${exchange.head.target}: ${explain(error)}${stack}`);
  else engine.log.debug(`${exchange.head.method} ${exchange.head.target}: ${status} ${message}`);
  if (status === 304) await exchange.respond(304);
  else await exchange.respondJson(status, { message });
}

