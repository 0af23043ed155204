// Keeps the logs of running containers below their size. A log that is full is renamed, and conmon, asked to open its
// file again, goes on in a new one: it writes to the old one until then, so no line is lost.
// The same rounds look after the monitors: a container whose conmon was killed has to be ended.

import { explain } from '@drover/core';
import { DEFAULT_LOG_OPTIONS, parseLogSize } from '../container/check-create.ts';
import type { Container } from '../container/container.ts';
import { isMonitorMissing, noteMissingMonitor } from '../container/recover-containers.ts';
import type { Engine } from '../engine.ts';
import { reopenLog } from '../runtime/conmon.ts';
import { findFreeLogNumber } from './log-files.ts';

const ROUND_MS = 2000;
/** While a log grows so fast that it would be far over its size by the next round. */
const FAST_ROUND_MS = 200;
const REOPEN_LIMIT_MS = 2000;
const REOPEN_STEP_MS = 10;
/** An engine that was killed may have asked: then the file appears within this many rounds. */
const PATIENT_ROUNDS = 2;

interface LogState {
  sizeBytes: number;
  /** conmon has been asked for a new file. Asked twice, it would throw away what it wrote in between. */
  asked: boolean;
  missingRounds: number;
}

export class LogKeeper {
  private readonly engine: Engine;
  private readonly states = new Map<string, LogState>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Never resolves. */
  async run(): Promise<never> {
    for (let fast = false; ; ) {
      const roundMs: number = fast ? FAST_ROUND_MS : ROUND_MS;
      await this.engine.host.clock.sleep(roundMs);
      fast = false;
      for (const container of this.engine.containers.list()) {
        if (container.run?.phase === 'running') fast = (await this.keep(container, roundMs)) || fast;
        else this.states.delete(container.id);
      }
    }
  }

  /** Whether its log grows fast. */
  private async keep(container: Container, roundMs: number): Promise<boolean> {
    try {
      const grows = await this.keepLog(container, roundMs);
      if (isMonitorMissing(this.engine, container)) await this.engine.locks.run(container.id, () => noteMissingMonitor(this.engine, container));
      return grows;
    } catch (error) {
      this.engine.log.error(`looking after the log failed: ${explain(error)}`, { container: container.id });
      return false;
    }
  }

  private async keepLog(container: Container, roundMs: number): Promise<boolean> {
    const { limitBytes, fileCount } = logLimits(container);
    if (limitBytes === undefined) return false;
    const size = this.engine.host.files.stat(this.engine.paths.log(container.id))?.sizeBytes;
    const state = this.states.get(container.id) ?? { sizeBytes: size ?? 0, asked: false, missingRounds: 0 };
    this.states.set(container.id, state);
    if (size === undefined) {
      this.askAgain(container, state);
      return false;
    }
    const growthBytes = size - state.sizeBytes;
    Object.assign(state, { sizeBytes: size, asked: false, missingRounds: 0 });
    if (size >= limitBytes) await this.rotate(container, fileCount, state);
    return size + (growthBytes / roundMs) * ROUND_MS > limitBytes;
  }

  /** The log was renamed and no new one is there yet. */
  private askAgain(container: Container, state: LogState): void {
    state.missingRounds += 1;
    if (state.asked || state.missingRounds < PATIENT_ROUNDS) return;
    state.asked = true;
    reopenLog(this.engine, container.id);
  }

  /** `fileCount` counts the one that is written. */
  private async rotate(container: Container, fileCount: number, state: LogState): Promise<void> {
    const { files, clock } = this.engine.host;
    const path = this.engine.paths.log(container.id);
    for (let i = findFreeLogNumber(files, path) - 1; i >= 1; i -= 1) {
      if (i + 1 >= fileCount) files.remove(`${path}.${i}`);
      else files.rename(`${path}.${i}`, `${path}.${i + 1}`);
    }
    files.rename(path, `${path}.1`);
    Object.assign(state, { sizeBytes: 0, asked: true });
    reopenLog(this.engine, container.id);
    for (let waitedMs = 0; waitedMs < REOPEN_LIMIT_MS && !files.exists(path); waitedMs += REOPEN_STEP_MS) await clock.sleep(REOPEN_STEP_MS);
    if (!files.exists(path)) this.engine.log.warn('the monitor has not opened its log again yet', { container: container.id });
    // Who follows the log has the file open and reads it to its end.
    else if (fileCount === 1) files.remove(`${path}.1`);
    for (const wake of container.logListeners) wake();
  }
}

export function logLimits(container: Container): { readonly limitBytes: number | undefined; readonly fileCount: number } {
  const { Type: driver, Config: given } = container.record.hostConfig.LogConfig ?? {};
  const options: Readonly<Record<string, string>> = { ...(driver === 'syslog' && DEFAULT_LOG_OPTIONS), ...given };
  const limit = driver === 'none' ? undefined : parseLogSize(options['max-size'] ?? '');
  return { limitBytes: limit, fileCount: Number(options['max-file'] ?? 1) };
}
