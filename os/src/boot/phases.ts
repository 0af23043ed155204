// A boot or a shutdown as data: named phases, one after the other, each with tasks that run side by side. What a
// failed task means stands with the task. One runner for all sequences; it logs what it did and how long it took.

import { explain, formatMs, hintOf } from '@drover/core';
import type { BootLog } from './boot-log.ts';

/** `warn`: say it and go on. `rescue`: nothing after it can work; a person has to look. */
export type OnFailure = 'warn' | 'rescue';

export interface Task {
  /** A noun phrase: "state partition". */
  readonly name: string;
  readonly onFailure: OnFailure;
  /** What a person could try when it fails, besides the error's own hint. */
  readonly hint?: string;
  /** May return a remark for the log: what was found, or why there was nothing to do. */
  run(): Promise<string | void> | string | void;
}

export interface Phase {
  readonly name: string;
  readonly tasks: readonly Task[];
}

export interface Failure {
  readonly task: Task;
  readonly error: unknown;
}

/** What the rescue shell's user decided: try the task again, or go on without it. */
export type RescueOutcome = 'retry' | 'continue';

export interface Runner {
  readonly log: BootLog;
  uptimeMs(): number;
  rescue(failure: Failure): Promise<RescueOutcome>;
}

export async function runPhases(runner: Runner, phases: readonly Phase[]): Promise<void> {
  for (const [i, phase] of phases.entries()) {
    const started = runner.uptimeMs();
    const results = await Promise.all(phase.tasks.map((task) => runTask(runner, task)));
    const remarks = results.filter((remark) => remark !== '').join('; ');
    const took = formatMs(runner.uptimeMs() - started);
    runner.log.phase({ name: phase.name, position: `${i + 1}/${phases.length}`, took, remarks });
  }
}

async function runTask(runner: Runner, task: Task): Promise<string> {
  for (;;) {
    try {
      const started = runner.uptimeMs();
      const remark = (await task.run()) ?? '';
      runner.log.debug(`${task.name}: ${formatMs(runner.uptimeMs() - started)}${remark === '' ? '' : `, ${remark}`}`);
      return remark;
    } catch (error) {
      const hint = hintOf(error) ?? task.hint;
      runner.log.error(`${task.name} failed: ${explain(error)}${hint === undefined ? '' : `\n  hint: ${hint}`}`);
      if (task.onFailure === 'warn') return `${task.name} failed`;
      if ((await runner.rescue({ task, error })) === 'continue') return `${task.name} skipped by hand`;
    }
  }
}

/** The sequence as text, for tests and for `ros`'s own documentation. */
export function renderPhases(phases: readonly Phase[]): string {
  return phases.map((phase) => `${phase.name}: ${phase.tasks.map((task) => `${task.name} (${task.onFailure})`).join(', ')}\n`).join('');
}
