// What the engine finds when it starts: containers that run on, that ended meanwhile, whose start or removal was cut short.
// After a reboot the exec root is empty: nothing runs, and restart policies are left to those who bring the system up.

import { join } from '@drover/core';
import type { Engine } from '../engine.ts';
import { beginHealth, suspendHealth } from '../health/watch-health.ts';
import { beginForwarding } from '../logs/begin-forwarding.ts';
import { deleteCrunContainer, readCrunStatus } from '../runtime/crun.ts';
import { isSameProcess, readProcessStart } from '../runtime/process-identity.ts';
import { readMountTable } from '../../storage/mount-table.ts';
import { removeOverlay } from '../storage/overlay.ts';
import type { Container } from './container.ts';
import { EXIT_UNKNOWN, finishRun, handleExit, readProcessEnd, scheduleRestart } from './container-exits.ts';
import type { ContainerRun } from './container-record.ts';
import { NEVER, NO_PROCESS } from './container-record.ts';
import { releaseRuntime } from './release-runtime.ts';
import { planRestart } from './restart-policy.ts';

export async function recoverContainers(engine: Engine): Promise<void> {
  for (const container of engine.containers.list()) await engine.locks.run(container.id, () => recover(engine, container));
  removeOrphans(engine);
  // Only now, so that their restarts meet a complete picture.
  for (const container of engine.containers.list()) {
    if (container.run?.phase === 'waiting') scheduleRestart(engine, container, container.run.delayMs ?? 0);
    else if (container.run !== undefined || container.status === 'exited') await handleExit(engine, container);
  }
}

async function recover(engine: Engine, container: Container): Promise<void> {
  const run = container.run;
  if (run === undefined) {
    noteLostRun(engine, container);
    return;
  }
  if (run.phase === 'creating' && !(await adoptStart(engine, container))) releaseRuntime(engine, container, planNewStart(container));
  if (container.run === undefined) return;
  container.transition('started');
  if (container.run.phase === 'waiting') {
    container.transition('will-restart');
    return;
  }
  beginHealth(engine, container);
  beginForwarding(engine, container);
  if (run.paused) {
    suspendHealth(container);
    container.transition('paused');
  }
  await noteMissingMonitor(engine, container);
}

/** The machine went down while it ran. */
function noteLostRun(engine: Engine, container: Container): void {
  const { outcome } = container;
  if (outcome.startedAt === NEVER || Date.parse(outcome.finishedAt) >= Date.parse(outcome.startedAt)) return;
  container.outcome = { ...outcome, exitCode: EXIT_UNKNOWN, finishedAt: new Date(engine.host.clock.now()).toISOString() };
  engine.containers.saveOutcome(container);
}

/** A start that was cut short is made up for when the policy would have restarted the container anyway. */
function planNewStart({ record, outcome }: Container): ContainerRun | undefined {
  const { manuallyStopped, restartCount } = outcome;
  const delayMs = planRestart(record.hostConfig.RestartPolicy, { exitCode: EXIT_UNKNOWN, ranMs: 0, manuallyStopped, restartCount, lastDelayMs: 0 });
  return delayMs === undefined ? undefined : { phase: 'waiting', ...NO_PROCESS, delayMs };
}

/** The engine was stopped between creating and starting it: whether it runs, crun knows. */
async function adoptStart(engine: Engine, container: Container): Promise<boolean> {
  const { files, clock } = engine.host;
  const state = await readCrunStatus(engine, container.id);
  const ended = readProcessEnd(engine, container.id);
  if (state?.status !== 'running' && !(state?.status === 'stopped' && ended !== undefined)) {
    await deleteCrunContainer(engine, container.id);
    return false;
  }
  const monitorPid = Number(files.readTextIfPresent(join(engine.paths.bundle(container.id), 'conmon.pid')) ?? 0);
  const startedAt = new Date(clock.now()).toISOString();
  engine.containers.saveRun(container, {
    ...container.run!, phase: 'running', pid: state.pid, pidStart: readProcessStart(files, state.pid) ?? '', monitorPid, monitorStart: readProcessStart(files, monitorPid) ?? '', startedAt, paused: false,
  });
  container.outcome = { ...container.outcome, startedAt, exitCode: 0, error: '' };
  engine.containers.saveOutcome(container);
  return true;
}

/**
 * Without its monitor nobody sees how a container ends, nor what it prints: what is left of it is ended here.
 * Under the container's lock.
 */
export async function noteMissingMonitor(engine: Engine, container: Container): Promise<void> {
  if (!isMonitorMissing(engine, container)) return;
  engine.log.error('the monitor of the container has ended: the container ends with it', { container: container.id, name: container.name });
  await finishRun(engine, container, { exitCode: EXIT_UNKNOWN, finishedAt: new Date(engine.host.clock.now()).toISOString() });
}

export function isMonitorMissing({ host, paths }: Engine, container: Container): boolean {
  const { run, id } = container;
  if (run?.phase !== 'running' || isSameProcess(host.files, run.monitorPid, run.monitorStart)) return false;
  return !host.files.exists(join(paths.exits, id)); // with it, the end is being handled
}

/** Overlays, bundles and mounts that belong to no container. */
function removeOrphans(engine: Engine): void {
  const { host, paths, containers, log } = engine;
  const isOrphan = (name: string): boolean => /^[0-9a-f]{64}$/.test(name) && containers.get(name) === undefined;
  for (const name of host.files.list(paths.overlay)) {
    if (isOrphan(name)) log.background('removing an orphaned layer', removeOverlay(host, paths, name), { container: name });
  }
  const orphans = host.files.list(paths.bundles).filter(isOrphan);
  for (const { mountPoint } of orphans.length === 0 ? [] : readMountTable(host.files)) {
    if (orphans.some((name) => mountPoint.startsWith(`${paths.bundle(name)}/`))) host.mounts.unmount(mountPoint, { lazy: true });
  }
  for (const name of orphans) {
    log.background('removing an orphaned container', deleteCrunContainer(engine, name).then(() => host.files.removeTree(paths.bundle(name))), { container: name });
  }
  for (const name of host.files.list(paths.exits)) if (containers.get(name)?.run === undefined) host.files.remove(join(paths.exits, name));
}
