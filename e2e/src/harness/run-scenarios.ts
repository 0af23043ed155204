// Runs planned jobs on a few workers and reports each scenario as it ends.
// INVARIANT: a shared machine is handed on only after a tidy pass; after a failure or a dirty scenario it is restored
// from the snapshot taken when it came up, or started anew when it ended.

import { formatMs, messageOf, RosError } from '@drover/core';
import { LAST_LINES_TITLE } from '../machine/index.ts';
import type { Machine, Workplace } from '../machine/index.ts';
import { keepArtifacts } from './artifacts.ts';
import type { AreaScenario, Job } from './plan-run.ts';
import { titleOf } from './plan-run.ts';
import { powerOn, Scene, slugOf } from './scenario.ts';
import type { Setup } from './scenario.ts';

export interface RunOptions {
  readonly workers: number;
  readonly long: boolean;
  readonly print: (line: string) => void;
}

export interface Outcome {
  readonly title: string;
  readonly ms: number;
  /** What went wrong, with the artifacts' paths; undefined for a pass. */
  readonly failure?: string;
}

const DEADLINE_MS = 6 * 60_000;
const READY = 'ready';

export async function runScenarios(place: Workplace, jobs: readonly Job[], options: RunOptions): Promise<Outcome[]> {
  const queue = [...jobs];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) outcomes.push(...(await runJob(place, job, options)));
  };
  await Promise.all(Array.from({ length: options.workers }, worker));
  return outcomes;
}

async function runJob(place: Workplace, job: Job, options: RunOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const shared = job.setup === undefined ? undefined : new SharedMachine(place, job.setup);
  for (const one of job.scenarios) {
    if (one.scenario.needsRoot === true && process.getuid?.() !== 0) {
      options.print(`  skipped          ${titleOf(one)}: it needs root`);
      continue;
    }
    const outcome = await runOne(place, one, shared, options);
    outcomes.push(outcome);
    const time = formatMs(outcome.ms).padStart(7);
    options.print(outcome.failure === undefined ? `  ok     ${time}  ${outcome.title}` : `  FAILED ${time}  ${outcome.title}\n${indent(outcome.failure)}`);
  }
  await shared?.end();
  return outcomes;
}

async function runOne(place: Workplace, one: AreaScenario, shared: SharedMachine | undefined, options: RunOptions): Promise<Outcome> {
  const title = titleOf(one);
  const slug = slugOf(title);
  const started = Date.now();
  let scene = new Scene(place, slug, options.long, undefined);
  try {
    if (shared !== undefined) scene = new Scene(place, slug, options.long, await shared.get());
    await withDeadline(one.scenario.body(scene), one.scenario.deadlineMs ?? DEADLINE_MS);
    if (one.scenario.leaves === 'dirty') shared?.distrust();
    return { title, ms: Date.now() - started };
  } catch (error) {
    const machines = scene.machines.length > 0 ? scene.machines : shared?.current === undefined ? [] : [shared.current];
    const message = explainFully(error);
    const kept = await keepArtifacts(place, slug, machines, !message.includes(LAST_LINES_TITLE));
    shared?.distrust();
    return { title, ms: Date.now() - started, failure: `${message}\n${kept}` };
  } finally {
    await scene.end();
  }
}

/** One machine for several scenarios. */
class SharedMachine {
  current: Machine | undefined;
  private readonly place: Workplace;
  private readonly setup: Setup;
  private trusted = false;
  private saved = false;

  constructor(place: Workplace, setup: Setup) {
    this.place = place;
    this.setup = setup;
  }

  distrust(): void {
    this.trusted = false;
  }

  async get(): Promise<Machine> {
    if (this.current !== undefined && this.current.hasEnded === undefined) {
      if (this.trusted) return this.current;
      if (this.saved && (await this.restore(this.current))) return this.current;
      await this.end();
    }
    this.saved = false;
    this.current = await powerOn(this.place, this.setup, this.setup.name);
    await this.setup.ready(this.current);
    await this.current.ssh.disconnect(); // a connection would be dead in the snapshot
    await this.current.saveSnapshot(READY);
    this.saved = true;
    this.trusted = true;
    return this.current;
  }

  /** False when the restored machine does not answer: better a new one than a doubtful one. */
  private async restore(machine: Machine): Promise<boolean> {
    try {
      await machine.restoreSnapshot(READY);
      await machine.ssh.waitReady(60_000);
      this.trusted = true;
      return true;
    } catch {
      return false; // the caller starts another one
    }
  }

  async end(): Promise<void> {
    await this.current?.kill();
    this.current = undefined;
  }
}

async function withDeadline(work: Promise<void>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RosError('timeout', `the scenario did not end within ${formatMs(deadlineMs)}`)), deadlineMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined); // of a scenario that is past its deadline
  }
}

/** With the line of the scenario that failed. */
function explainFully(error: unknown): string {
  const frame = error instanceof Error ? error.stack?.split('\n').find((line) => line.includes('/scenarios/')) : undefined;
  const cause = error instanceof Error && error.cause !== undefined ? `\nbecause: ${messageOf(error.cause)}` : '';
  return `${messageOf(error)}${cause}${frame === undefined ? '' : `\n${frame.trim()}`}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
