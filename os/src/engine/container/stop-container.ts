// Stopping, killing, restarting, pausing: signals to the container's first process, and waiting for what they do.
// INVARIANT: nobody waits for an exit while holding the container's lock, because its handling needs that lock.

import { RosError } from '@drover/core';
import { withDeadline } from '@drover/host';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { resumeHealth, suspendHealth } from '../health/watch-health.ts';
import { requireCrun } from '../runtime/crun.ts';
import { isSameProcess } from '../runtime/process-identity.ts';
import type { Container } from './container.ts';
import { isAlive, refusalOf } from './container-states.ts';
import { giveUpRestart } from './container-exits.ts';
import { parseSignal } from './signals.ts';
import { startContainer } from './start-container.ts';

const SIGTERM = 15;
const SIGKILL = 9;
const DEFAULT_GRACE_SECONDS = 10;
/** After SIGKILL: a process that the kernel can't end by then is stuck in it. */
const KILL_LIMIT_MS = 10_000;

export interface StopOptions {
  /** Negative: for ever. */
  readonly graceSeconds?: number;
  readonly signal?: string;
}

/** Throws the refusals of the state table. */
export async function stopContainer(engine: Engine, container: Container, options: StopOptions = {}): Promise<void> {
  const refusal = refusalOf('stop', container.status, container.id, container.name);
  if (refusal !== undefined) throw refusal;
  noteManualStop(engine, container);
  if (container.status === 'restarting') await engine.locks.run(container.id, () => giveUpRestart(engine, container));
  const signal = options.signal ? requireSignal(options.signal) : stopSignalOf(container);
  const seconds = options.graceSeconds ?? container.record.config.StopTimeout ?? DEFAULT_GRACE_SECONDS;
  await signalAndWait(engine, container, signal, seconds);
  engine.events.publishContainer('stop', container);
}

async function signalAndWait(engine: Engine, container: Container, signal: number, seconds: number): Promise<void> {
  if (!isAlive(container.status)) return;
  const exited = container.exited.wait();
  await sendSignal(engine, container, signal);
  if (seconds < 0) return exited;
  try {
    await withDeadline(engine.host.clock, exited, seconds * 1000, () => new RosError('timeout', 'the grace period is over'));
  } catch (error) {
    if (!(error instanceof RosError) || error.code !== 'timeout') throw error;
    engine.log.info(`the container did not end within ${seconds} s of signal ${signal}: killing it`, { container: container.id, name: container.name });
    await killAndWait(engine, container);
  }
}

export async function killAndWait(engine: Engine, container: Container): Promise<void> {
  noteManualStop(engine, container);
  if (container.status === 'restarting') await engine.locks.run(container.id, () => giveUpRestart(engine, container));
  if (!isAlive(container.status)) return;
  const exited = container.exited.wait();
  await sendSignal(engine, container, SIGKILL);
  await withDeadline(engine.host.clock, exited, KILL_LIMIT_MS, () => apiError('system', 'tried to kill container, but did not receive an exit event'));
}

/** `docker kill`. Throws `invalid-parameter` and, in moby's words, the refusals of the state table. */
export async function killContainer(engine: Engine, container: Container, signalText: string, nameGiven: string): Promise<void> {
  const signal = signalText === '' ? SIGKILL : requireKillSignal(signalText, nameGiven);
  const refusal = refusalOf('kill', container.status, container.id, container.name);
  if (refusal !== undefined) throw apiError('conflict', `cannot kill container: ${nameGiven}: ${refusal.message}`);
  if (signal === SIGKILL) return killAndWait(engine, container);
  // Any other signal is a message to the program; only the one that means "stop" says that it shall stay stopped.
  if (signal === stopSignalOf(container)) noteManualStop(engine, container);
  await sendSignal(engine, container, signal);
}

function requireKillSignal(text: string, nameGiven: string): number {
  const signal = parseSignal(text);
  if (signal !== undefined) return signal;
  const why = /^[1-9]\d*$/.test(text) ? `the linux daemon does not support signal ${text}` : `invalid signal: ${text}`;
  throw apiError('invalid-parameter', `cannot kill container: ${nameGiven}: ${why}`);
}

function requireSignal(text: string): number {
  const signal = parseSignal(text);
  if (signal === undefined) throw apiError('invalid-parameter', `invalid signal: ${text}`);
  return signal;
}

function stopSignalOf(container: Container): number {
  return parseSignal(container.record.config.StopSignal ?? '') ?? SIGTERM;
}

function noteManualStop(engine: Engine, container: Container): void {
  if (container.outcome.manuallyStopped) return;
  container.outcome = { ...container.outcome, manuallyStopped: true };
  engine.containers.saveOutcome(container);
}

async function sendSignal(engine: Engine, container: Container, signal: number): Promise<void> {
  const { run } = container;
  if (run?.phase !== 'running' || !isSameProcess(engine.host.files, run.pid, run.pidStart)) return; // its end is on the way
  engine.host.processes.kill(run.pid, signal);
  engine.events.publishContainer('kill', container, { signal: String(signal) });
  // A frozen process takes any other signal only when it thaws.
  if (container.status === 'paused' && signal !== SIGKILL) await engine.locks.run(container.id, () => (container.status === 'paused' ? changePause(engine, container, 'unpause') : undefined));
}

export async function restartContainer(engine: Engine, container: Container, options: StopOptions): Promise<void> {
  container.restartedByHand = true;
  try {
    if (isAlive(container.status)) await stopContainer(engine, container, options);
    await startContainer(engine, container);
  } finally {
    container.restartedByHand = false;
  }
  engine.events.publishContainer('restart', container);
}

/** Throws the refusals of the state table. */
export function pauseContainer(engine: Engine, container: Container): Promise<void> {
  return engine.locks.run(container.id, () => changePause(engine, container, 'pause'));
}

export function unpauseContainer(engine: Engine, container: Container): Promise<void> {
  return engine.locks.run(container.id, () => changePause(engine, container, 'unpause'));
}

/** Under the container's lock. */
async function changePause(engine: Engine, container: Container, action: 'pause' | 'unpause'): Promise<void> {
  const refusal = refusalOf(action, container.status, container.id, container.name);
  if (refusal !== undefined) throw refusal;
  const paused = action === 'pause';
  await requireCrun(engine, [paused ? 'pause' : 'resume', container.id]);
  if (container.run !== undefined) engine.containers.saveRun(container, { ...container.run, paused });
  container.transition(paused ? 'paused' : 'unpaused');
  if (paused) suspendHealth(container);
  else resumeHealth(engine, container);
  engine.events.publishContainer(action, container);
}
