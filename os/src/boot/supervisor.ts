// Keeping a program running: started again when it ends, at once the first time, then with growing pauses. The same
// program that keeps running is trusted again.

import { codeOf, explain } from '@drover/core';
import type { Clock, Exit, Process } from '@drover/host';
import type { BootLog } from './boot-log.ts';

export interface Supervised {
  readonly name: string;
  start(): Process;
}

/** Pause before the next start, by how many short lives came before it. */
const PAUSES_MS = [0, 500, 1000, 2000, 5000, 10_000];
/** A life longer than this clears the count. */
const LONG_LIFE_MS = 10_000;

export function pauseBefore(shortLives: number): number {
  return PAUSES_MS[Math.min(shortLives, PAUSES_MS.length - 1)]!;
}

export class Supervisor {
  private readonly clock: Clock;
  private readonly log: BootLog;
  private readonly supervised: Supervised;
  private process: Process | undefined;
  private stopping = false;

  constructor(clock: Clock, log: BootLog, supervised: Supervised) {
    this.clock = clock;
    this.log = log;
    this.supervised = supervised;
  }

  /** Runs until `stop`; never rejects. */
  async run(): Promise<void> {
    let shortLives = 0;
    while (!this.stopping) {
      const started = this.clock.monotonic();
      try {
        this.process = this.supervised.start();
        const exit = await this.process.wait();
        if (this.isStopping()) return;
        this.log.warning(`${this.supervised.name} ended (${describeExit(exit)}); starting it again`);
      } catch (error) {
        this.log.error(`${this.supervised.name} could not be started: ${explain(error)} ${codeOf(error) ?? ''}`.trimEnd());
        shortLives = Math.max(shortLives, 2);
      }
      shortLives = this.clock.monotonic() - started > LONG_LIFE_MS ? 0 : shortLives;
      await this.clock.sleep(pauseBefore(shortLives));
      shortLives += 1;
    }
  }

  /** A method, because the flag may change while `run` waits. */
  private isStopping(): boolean {
    return this.stopping;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    const { process } = this;
    if (process === undefined) return;
    process.kill('TERM');
    const ended = await Promise.race([process.wait().then(() => true), this.clock.sleep(graceMs).then(() => false)]);
    if (!ended) process.kill('KILL');
  }
}

export function describeExit(exit: Exit): string {
  return exit.signal === undefined ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}
