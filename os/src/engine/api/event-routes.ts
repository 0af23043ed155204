// GET /events: what happened since, and what happens until.

import { encodeUtf8, orCancelled } from '@drover/core';
import { ByteQueue, pump } from '@drover/host';
import type { EventMessage, Filters } from '@drover/docker-api';
import { HttpHeaders } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import type { ApiRequest, Routes } from './api-request.ts';
import { defineRoutes } from './api-request.ts';
import { matchesLabels, parseFilters } from './parse-filters.ts';

/** A client that does not read loses events rather than filling the memory. */
const HELD_BYTES = 1 << 20;

async function events(engine: Engine, request: ApiRequest): Promise<void> {
  const { query, exchange } = request;
  const filters = parseFilters(query.get('filters'));
  const [since, until] = [readTime(query.get('since'), 'since'), readTime(query.get('until'), 'until')];
  const queue = new ByteQueue(HELD_BYTES);
  const offer = (event: EventMessage): void => {
    if (!queue.isFull && matches(event, filters)) void queue.push(encodeUtf8(`${JSON.stringify(event)}\n`));
  };
  const leave = exchange.whenClientLeaves();
  const sink = await exchange.startStream(200, HttpHeaders.of({ 'Content-Type': 'application/json' }));
  if (since !== undefined) for (const event of engine.events.history()) if (event.timeNano / 1e6 >= since && (until === undefined || event.timeNano / 1e6 <= until)) offer(event);
  const unsubscribe = engine.events.subscribe(offer);
  leave.onCancel(() => queue.end());
  if (until !== undefined) void engine.host.clock.sleep(Math.max(0, until - engine.host.clock.now()), leave).then(() => queue.end(), () => undefined);
  try {
    await orCancelled(pump(queue, sink), leave);
  } finally {
    unsubscribe();
    queue.close();
  }
}

/** Milliseconds since 1970. */
function readTime(text: string, name: string): number | undefined {
  if (text === '') return undefined;
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(time)) throw apiError('invalid-parameter', `invalid value for "${name}": ${text}`);
  return time;
}

export function matches(event: EventMessage, filters: Filters): boolean {
  const { ID: id, Attributes: attributes } = event.Actor;
  const isActor = (wanted: readonly string[]): boolean => wanted.some((text) => id.startsWith(text) || attributes['name'] === text);
  return (
    (filters['type']?.includes(event.Type) ?? true) &&
    (filters['event']?.some((text) => event.Action === text || event.Action.startsWith(`${text}:`)) ?? true) &&
    (filters['container'] === undefined || (event.Type === 'container' && isActor(filters['container']))) &&
    (filters['volume'] === undefined || (event.Type === 'volume' && isActor(filters['volume']))) &&
    (filters['image']?.includes(attributes['image'] ?? '') ?? true) &&
    matchesLabels(filters['label'], attributes)
  );
}

export const ROUTES: Routes = defineRoutes({ 'GET /events': events });
