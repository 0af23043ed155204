// GET /containers/NAME/stats: what a container uses, once or every second.

import { encodeUtf8, join } from '@drover/core';
import type { Cancel } from '@drover/core';
import { HttpHeaders } from '@drover/docker-api';
import type { Container } from '../container/container.ts';
import type { ContainerStats } from '../container/read-stats.ts';
import { NO_CPU, readStats } from '../container/read-stats.ts';
import type { Engine } from '../engine.ts';
import { cgroupsPathOf } from '../spec/gather-spec.ts';
import type { ApiRequest } from './api-request.ts';

const ROUND_MS = 1000;

export async function sendStats(engine: Engine, request: ApiRequest): Promise<void> {
  const { query, exchange } = request;
  const container = engine.containers.require(request.name);
  const stream = query.isOn('stream', true);
  const cancel = exchange.whenClientLeaves();
  // What one figure alone can't tell is the difference between two.
  let before = stream || query.isOn('one-shot') ? undefined : await readAndWait(engine, container, cancel);
  if (!stream) return request.send(200, render(container, read(engine, container), before));
  const sink = await exchange.startStream(200, HttpHeaders.of({ 'Content-Type': 'application/json' }));
  while (cancel.reason === undefined && engine.containers.get(container.id) === container) {
    const now = read(engine, container);
    await sink.write(encodeUtf8(`${JSON.stringify(render(container, now, before))}\n`));
    before = now;
    await engine.host.clock.sleep(ROUND_MS, cancel).catch(() => undefined); // the client has gone
  }
}

async function readAndWait(engine: Engine, container: Container, cancel: Cancel): Promise<ContainerStats | undefined> {
  const now = read(engine, container);
  if (now !== undefined) await engine.host.clock.sleep(ROUND_MS, cancel);
  return now;
}

/** Undefined of one that does not run. */
function read({ host }: Engine, container: Container): ContainerStats | undefined {
  const pid = container.run?.phase === 'running' ? container.run.pid : 0;
  return pid === 0 ? undefined : readStats(host.files, join('/sys/fs/cgroup', cgroupsPathOf(container)), pid, new Date(host.clock.now()).toISOString());
}

const NEVER = '0001-01-01T00:00:00Z';

function render({ id, name }: Container, now: ContainerStats | undefined, before: ContainerStats | undefined): object {
  return {
    read: NEVER, pids_stats: {}, blkio_stats: {}, num_procs: 0, storage_stats: {}, cpu_stats: NO_CPU, memory_stats: {}, ...now,
    preread: before?.read ?? NEVER, precpu_stats: before?.cpu_stats ?? NO_CPU, name: `/${name}`, id,
  };
}
