// Commands run in containers (`docker exec`): what was asked for, and how it went. In memory only: they end with the
// engine's knowledge of them.

import type { Clock } from '@drover/host';
import type { ExecCreateBody } from '@drover/docker-api';
import { apiError } from '../api-error.ts';

export interface ExecProcess {
  /** Only of one with a terminal. */
  readonly resize?: (columns: number, rows: number) => void;
}

export interface Exec {
  readonly id: string;
  readonly containerId: string;
  readonly options: ExecCreateBody;
  status: 'created' | 'running' | 'ended';
  exitCode: number | undefined;
  process: ExecProcess | undefined;
  endedAt: number;
}

/** An ended exec can be inspected for so long. */
const KEPT_MS = 5 * 60_000;
/** Of execs that were created and not started. */
const MOST = 1000;

export class ExecStore {
  private readonly clock: Clock;
  private readonly byId = new Map<string, Exec>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(id: string, containerId: string, options: ExecCreateBody): Exec {
    this.forgetOld();
    const exec: Exec = { id, containerId, options, status: 'created', exitCode: undefined, process: undefined, endedAt: 0 };
    this.byId.set(id, exec);
    return exec;
  }

  /** By id or the beginning of one. Throws `not-found` in moby's words. */
  require(id: string): Exec {
    const exec = this.byId.get(id) ?? [...this.byId.values()].find((one) => id.length >= 12 && one.id.startsWith(id));
    if (exec === undefined) throw apiError('not-found', `No such exec instance: ${id}`);
    return exec;
  }

  noteEnd(exec: Exec, exitCode: number): void {
    exec.status = 'ended';
    exec.exitCode = exitCode;
    exec.process = undefined;
    exec.endedAt = this.clock.monotonic();
  }

  forgetContainer(containerId: string): void {
    for (const exec of this.byId.values()) if (exec.containerId === containerId && exec.status !== 'running') this.byId.delete(exec.id);
  }

  private forgetOld(): void {
    const now = this.clock.monotonic();
    for (const exec of this.byId.values()) {
      const old = exec.status === 'ended' && now - exec.endedAt > KEPT_MS;
      if (old || (exec.status === 'created' && this.byId.size > MOST)) this.byId.delete(exec.id);
    }
  }
}
