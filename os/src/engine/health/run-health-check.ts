// One health check: a command in the container, as `docker exec` runs one, for a limited time and with the beginning of
// its output kept.

import { decodeUtf8, messageOf, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import { concatBytes, withDeadline } from '@drover/host';
import type { HealthResult } from '@drover/docker-api';
import type { Container } from '../container/container.ts';
import type { Engine } from '../engine.ts';
import { killExec } from '../exec/exec-process.ts';
import type { Exec } from '../exec/exec-store.ts';
import { createExec, runForOutput } from '../exec/run-exec.ts';
import type { OutputClient } from '../runtime/stream-client.ts';
import type { HealthCheck } from './health-check.ts';

const OUTPUT_LIMIT_BYTES = 4096;
const KILL_STEP_MS = 50;
const KILL_LIMIT_MS = 10_000;
const FAILED = -1;

/** Whatever happens is a result. Ends early, with some result, when `stop` is cancelled. */
export async function runHealthCheck(engine: Engine, container: Container, check: HealthCheck, stop: Cancel): Promise<HealthResult> {
  const now = (): string => new Date(engine.host.clock.now()).toISOString();
  const start = now();
  const { exitCode, output } = await run(engine, container, check, stop).catch((error: unknown) => ({ exitCode: FAILED, output: messageOf(error) }));
  return { Start: start, End: now(), ExitCode: exitCode, Output: output };
}

interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

async function run(engine: Engine, container: Container, { command, timeoutMs }: HealthCheck, stop: Cancel): Promise<Outcome> {
  const exec = createExec(engine, container, { Cmd: command, AttachStdout: true, AttachStderr: true });
  const output = new KeptOutput();
  const ended = runForOutput(engine, exec, container, output);
  ended.catch(() => undefined); // told below, unless it comes too late for that
  const late = new RosError('timeout', `Health check exceeded timeout (${renderGoDuration(timeoutMs)})`);
  try {
    const failure = await orStopped(withDeadline(engine.host.clock, ended, timeoutMs, () => late), stop);
    return failure === undefined ? { exitCode: exec.exitCode ?? FAILED, output: output.text } : { exitCode: FAILED, output: failure };
  } catch (error) {
    await kill(engine, exec);
    if (error !== late) throw error;
    return { exitCode: FAILED, output: output.text === '' ? late.message : `${late.message}: ${output.text}` };
  }
}

function orStopped<T>(work: Promise<T>, stop: Cancel): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = stop.onCancel(reject);
    void work.finally(forget).then(resolve, reject);
  });
}

/** Until it has ended, so that checks that hang don't pile up. crun may still be on its way to the command. */
async function kill(engine: Engine, exec: Exec): Promise<void> {
  for (let waitedMs = 0; waitedMs < KILL_LIMIT_MS && exec.status === 'running'; waitedMs += KILL_STEP_MS) {
    killExec(engine, exec);
    await engine.host.clock.sleep(KILL_STEP_MS);
  }
}

class KeptOutput implements OutputClient {
  private readonly parts: Uint8Array[] = [];
  private sizeBytes = 0;
  private isCut = false;

  send(_: string, bytes: Uint8Array): Promise<void> {
    const part = bytes.slice(0, OUTPUT_LIMIT_BYTES - this.sizeBytes);
    this.isCut ||= part.length < bytes.length;
    this.sizeBytes += part.length;
    this.parts.push(part);
    return Promise.resolve();
  }

  readInput(): Promise<void> {
    return Promise.resolve();
  }

  get text(): string {
    return decodeUtf8(concatBytes(this.parts)) + (this.isCut ? '...' : '');
  }
}

/** As Go prints a time.Duration: 500ms, 1.5s, 1m30s, 1h0m0s. */
export function renderGoDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1000];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
