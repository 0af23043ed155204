// The end of a container's process: learn how it ended, tidy up, tell everyone, and start it again if its policy says so.

import { CancelSource, explain, join } from '@drover/core';
import type { Engine } from '../engine.ts';
import { suspendHealth } from '../health/watch-health.ts';
import { dropCrunContainer } from '../runtime/crun.ts';
import { cgroupsPathOf } from '../spec/gather-spec.ts';
import type { Container } from './container.ts';
import { NO_PROCESS } from './container-record.ts';
import { releaseRuntime } from './release-runtime.ts';
import { removeStopped } from './remove-stopped.ts';
import { planRestart } from './restart-policy.ts';
import { launch } from './start-container.ts';

/** When nobody saw how it ended. */
export const EXIT_UNKNOWN = 255;

export interface ProcessEnd {
  readonly exitCode: number;
  readonly finishedAt: string;
}

/** What conmon noted; undefined when there is no note. */
export function readProcessEnd(engine: Engine, id: string): ProcessEnd | undefined {
  const path = join(engine.paths.exits, id);
  const text = engine.host.files.readTextIfPresent(path)?.trim();
  if (text === undefined) return undefined;
  const exitCode = /^-?\d+$/.test(text) ? Number(text) & 0xff : EXIT_UNKNOWN;
  return { exitCode, finishedAt: new Date(engine.host.files.stat(path)?.mtimeMs ?? engine.host.clock.now()).toISOString() };
}

/** Each file that conmon writes is the end of a container. */
export function watchExits(engine: Engine): void {
  engine.host.files.watchDirectory(engine.paths.exits, (name) => {
    const container = engine.containers.get(name);
    if (container !== undefined) engine.log.background('handling the end of a container', handleExit(engine, container), { container: name });
  });
}

export async function handleExit(engine: Engine, container: Container): Promise<void> {
  await engine.locks.run(container.id, async () => {
    const end = container.run?.phase === 'running' ? readProcessEnd(engine, container.id) : undefined;
    if (end !== undefined) await finishRun(engine, container, end);
  });
  if (container.status === 'exited' && container.record.hostConfig.AutoRemove === true && !container.restartedByHand) await removeStopped(engine, container, { volumes: true });
}

/** Under the container's lock. */
export async function finishRun(engine: Engine, container: Container, end: ProcessEnd): Promise<void> {
  const { outcome, record } = container;
  suspendHealth(container);
  const startedAt = container.run?.startedAt ?? outcome.startedAt;
  const oomKilled = engine.host.files.exists(join(engine.paths.bundle(container.id), 'oom'));
  const ranMs = Math.max(0, Date.parse(end.finishedAt) - Date.parse(startedAt));
  await dropCrunContainer(engine, container.id, cgroupsPathOf(container));
  const delayMs = planRestart(record.hostConfig.RestartPolicy, { exitCode: end.exitCode, ranMs, manuallyStopped: outcome.manuallyStopped, restartCount: outcome.restartCount, lastDelayMs: container.lastDelayMs });
  container.outcome = { ...container.outcome, startedAt, finishedAt: end.finishedAt, exitCode: end.exitCode, oomKilled, restartCount: outcome.restartCount + (delayMs === undefined ? 0 : 1) };
  engine.containers.saveOutcome(container);
  releaseRuntime(engine, container, delayMs === undefined ? undefined : { phase: 'waiting', ...NO_PROCESS, delayMs });
  engine.log.debug('the container has ended', { container: container.id, name: container.name, exitCode: end.exitCode });
  container.transition(delayMs === undefined ? 'exited' : 'will-restart');
  container.exited.reach();
  for (const wake of container.logListeners) wake();
  if (oomKilled) engine.events.publishContainer('oom', container);
  engine.events.publishContainer('die', container, { exitCode: String(end.exitCode), execDuration: String(Math.floor(ranMs / 1000)) });
  if (delayMs !== undefined) scheduleRestart(engine, container, delayMs);
}

export function scheduleRestart(engine: Engine, container: Container, delayMs: number): void {
  container.lastDelayMs = delayMs;
  const cancel = new CancelSource();
  container.cancelRestart = () => cancel.cancel();
  const waiting = engine.host.clock.sleep(delayMs, cancel).then(
    () => restart(engine, container, cancel),
    () => undefined, // somebody started, stopped or removed it
  );
  engine.log.background('restarting a container', waiting, { container: container.id });
}

async function restart(engine: Engine, container: Container, cancel: CancelSource): Promise<void> {
  await engine.locks.run(container.id, async () => {
    if (container.status !== 'restarting' || cancel.cancelled) return;
    container.cancelRestart = undefined;
    try {
      await launch(engine, container);
    } catch (error) {
      engine.log.error(`the container is not restarted any more: ${explain(error)}`, { container: container.id, name: container.name });
      container.transition('exited');
      container.exited.reach();
    }
  });
}

/** Under the container's lock: a container that waits for its restart just has ended. */
export function giveUpRestart(engine: Engine, container: Container): void {
  if (container.status !== 'restarting') return;
  container.cancelRestart?.();
  container.cancelRestart = undefined;
  container.transition('exited');
  engine.containers.saveOutcome(container);
  releaseRuntime(engine, container);
  container.exited.reach();
}
