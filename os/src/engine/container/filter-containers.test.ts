import { deepEqual, equal, rejects, test } from '@drover/testing';
import { parseFilters } from '../api/parse-filters.ts';
import { Container } from './container.ts';
import type { ContainerRecord } from './container-record.ts';
import { NO_OUTCOME } from './container-record.ts';
import type { ListOptions } from './filter-containers.ts';
import { CONTAINER_FILTERS, filterContainers } from './filter-containers.ts';
import { renderStatus } from './render-summary.ts';

const NOW = Date.UTC(2026, 0, 1, 12);

function container(i: number, name: string, status: 'created' | 'running' | 'exited' | 'paused' | 'restarting', more: Partial<ContainerRecord> = {}): Container {
  const record: ContainerRecord = {
    format: 1, id: `${i}`.repeat(64), name, createdAt: new Date(NOW - 600_000 + i * 1000).toISOString(), path: 'sh', args: [], imageId: 'sha256:one',
    config: { Labels: {}, Env: [] }, hostConfig: { NetworkMode: 'host' }, mounts: [], ...more,
  };
  const outcome = { ...NO_OUTCOME, startedAt: new Date(NOW - 300_000).toISOString(), finishedAt: new Date(NOW - 60_000).toISOString(), exitCode: i };
  return new Container(record, outcome, status);
}

const ALL = [
  container(1, 'web', 'running', { config: { Labels: { a: 'b', c: '' }, Env: [] } }),
  container(2, 'web2', 'exited'),
  container(3, 'db', 'created', { imageId: 'sha256:two', mounts: [{ type: 'volume', name: 'data', source: '/v', destination: '/d', mode: '', readWrite: true, propagation: '', recursive: true, createSource: false, copyUp: false }] }),
  container(4, 'job', 'paused'),
];

function list(options: Partial<ListOptions> = {}, filters: Record<string, string[]> = {}): string {
  const context = { requireContainer: (name: string) => ALL.find((one) => one.name === name)!, findImage: (name: string) => (name === 'two' ? 'sha256:two' : undefined) };
  return filterContainers(ALL, { all: false, limit: 0, filters, ...options }, context).map((one) => one.name).join(' ');
}

test('the list has what runs, the newest first, or all, or the last few', () => {
  equal(list(), 'job web');
  equal(list({ all: true }), 'job db web2 web');
  equal(list({ limit: 3 }), 'job db web2');
});

test('filters are combined, their values are alternatives', () => {
  const all = { all: true };
  equal(list(all, { name: ['web'] }), 'web2 web');
  equal(list(all, { name: ['^web$', 'job'] }), 'job web');
  equal(list(all, { name: ['^/web$'] }), 'web');
  equal(list(all, { name: ['[' ] }), '');
  equal(list({}, { status: ['exited', 'created'] }), 'db web2');
  equal(list({}, { exited: ['2'] }), 'web2');
  equal(list({}, { before: ['db'] }), 'web2 web');
  equal(list({}, { since: ['web2'] }), 'job db');
  equal(list(all, { label: ['a=b', 'c'] }), 'web');
  equal(list(all, { label: ['a=x'] }), '');
  equal(list(all, { ancestor: ['two'] }), 'db');
  equal(list(all, { ancestor: ['none'] }), '');
  equal(list(all, { volume: ['data'] }), 'db');
  equal(list(all, { id: ['444'] }), 'job');
});

test('filters are parsed in both forms, and unknown ones are refused', async () => {
  deepEqual(parseFilters('{"label":["a=b"],"name":{"x":true}}', CONTAINER_FILTERS), { label: ['a=b'], name: ['x'] });
  deepEqual(parseFilters('', CONTAINER_FILTERS), {});
  for (const text of ['{', '[]', '{"label":1}', '{"odd":["x"]}']) await rejects(() => parseFilters(text, CONTAINER_FILTERS), 'invalid-parameter');
  await rejects(() => list({}, { status: ['odd'] }), 'invalid-parameter');
});

test('the status of a container is worded as docker words it', () => {
  const status = (state: 'created' | 'running' | 'exited' | 'paused' | 'restarting'): string => renderStatus(container(3, 'x', state), NOW);
  deepEqual(
    (['created', 'running', 'paused', 'exited', 'restarting'] as const).map(status),
    ['Created', 'Up 5 minutes', 'Up 5 minutes (Paused)', 'Exited (3) About a minute ago', 'Restarting (3) About a minute ago'],
  );
});
