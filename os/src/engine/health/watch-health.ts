// Watching over the health of a container: one check after the other while it runs, none while it is paused. What runs
// the checks is loaded with the first of them.
// INVARIANT: a container has at most one watch that is not stopped, and a result that comes after the stop is dropped.

import { CancelSource } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { Health } from '@drover/docker-api';
import type { Container } from '../container/container.ts';
import type { Engine } from '../engine.ts';
import type { HealthCheck } from './health-check.ts';
import { judgeResult, planHealthCheck, planWait, startingHealth } from './health-check.ts';

export interface HealthWatch {
  state: Health;
  /** Of host.clock.monotonic(): when the container started, as far as the engine knows. */
  readonly since: number;
  /** Undefined while nothing is checked. */
  stop: (() => void) | undefined;
}

/** The container has started, or was found running. */
export function beginHealth(engine: Engine, container: Container): void {
  if (planHealthCheck(container.record.config) === undefined) return;
  container.health?.stop?.();
  container.health = { state: startingHealth(container.health?.state), since: engine.host.clock.monotonic(), stop: undefined };
  resumeHealth(engine, container);
}

export function resumeHealth(engine: Engine, container: Container): void {
  const check = planHealthCheck(container.record.config);
  if (check === undefined || container.health === undefined) return;
  const stop = new CancelSource();
  container.health.stop = () => stop.cancel();
  engine.log.background('checking the health of a container', keepChecking(engine, container, container.health, check, stop), { container: container.id, name: container.name });
}

/** It has ended, or is paused: unhealthy until a check says otherwise, as in moby. */
export function suspendHealth({ health }: Container): void {
  if (health?.stop === undefined) return;
  health.stop();
  health.stop = undefined;
  health.state = { ...health.state, Status: 'unhealthy' };
}

async function keepChecking(engine: Engine, container: Container, watch: HealthWatch, check: HealthCheck, stop: Cancel): Promise<void> {
  const { clock } = engine.host;
  for (;;) {
    await clock.sleep(planWait(watch.state, check, clock.monotonic() - watch.since), stop).catch(() => undefined);
    if (stop.reason !== undefined) return;
    const ranMs = clock.monotonic() - watch.since;
    const { runHealthCheck } = await import('./run-health-check.ts');
    const result = await runHealthCheck(engine, container, check, stop);
    if (isStopped(stop)) return;
    const before = watch.state.Status;
    watch.state = judgeResult(watch.state, result, check, ranMs);
    if (watch.state.Status !== before) engine.events.publishContainer(`health_status: ${watch.state.Status}`, container);
  }
}

/** A function, because it may change while something is awaited. */
function isStopped(stop: Cancel): boolean {
  return stop.reason !== undefined;
}
