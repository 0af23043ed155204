// Carries a plan out: every step as soon as those that it waits for are done, as many at a time as are ready. After a
// failure nothing that waits for it is begun; the rest goes on, and the next plan takes up what is missing.

import { CancelSource, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { DockerClient } from '@drover/docker-api';
import type { Host } from '@drover/host';
import { withDeadline } from '@drover/host';
import type { Plan, Step } from '../plan/step.ts';
import { renderAction } from '../plan/step.ts';
import type { BuildChanges, Logins } from './execute-action.ts';
import { executeAction } from './execute-action.ts';

export type StepState = 'started' | 'done' | 'failed' | 'skipped';

export interface Progress {
  readonly step: Step;
  readonly state: StepState;
  readonly tookMs?: number;
  readonly error?: unknown;
}

export interface ApplyOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** What the engine says while it pulls or builds. */
  readonly onOutput?: (step: Step, line: string) => void;
  readonly cancel?: Cancel;
  /** Of one step that is no wait, pull or build; default 120 s. */
  readonly stepMs?: number;
  /** For a container to become healthy, or to end, and for a hook; default 5 minutes. */
  readonly waitMs?: number;
  /** Default 16. */
  readonly parallel?: number;
  readonly builds?: BuildChanges;
  /** Default: none are known. */
  readonly logins?: Logins;
}

export interface Applied {
  readonly done: readonly Step[];
  readonly failed: readonly { readonly step: Step; readonly error: unknown }[];
  /** They waited for something that failed. */
  readonly skipped: readonly Step[];
}

const UNLIMITED: readonly string[] = ['pull', 'push', 'build', 'wait-healthy', 'wait-completed', 'stop', 'restart'];

export async function applyPlan(host: Pick<Host, 'files' | 'clock'>, client: DockerClient, plan: Plan, options: ApplyOptions = {}): Promise<Applied> {
  const running = new Map<number, Promise<boolean>>();
  const done: Step[] = [];
  const failed: { readonly step: Step; readonly error: unknown }[] = [];
  const skipped: Step[] = [];
  const slots = new Slots(options.parallel ?? 16);
  const cancel = options.cancel ?? new CancelSource();
  const tell = (progress: Progress): void => options.onProgress?.(progress);

  const run = async (step: Step): Promise<boolean> => {
    const ready = await Promise.all(step.after.map((id) => running.get(id) ?? Promise.resolve(true)));
    if (ready.includes(false) || cancel.cancelled) {
      skipped.push(step);
      tell({ step, state: 'skipped' });
      return step.optional === true;
    }
    await slots.take();
    const began = host.clock.monotonic();
    tell({ step, state: 'started' });
    try {
      await execute(host, client, step, options, cancel);
      done.push(step);
      tell({ step, state: 'done', tookMs: host.clock.monotonic() - began });
      return true;
    } catch (error) {
      failed.push({ step, error });
      tell({ step, state: 'failed', tookMs: host.clock.monotonic() - began, error });
      await undo(client, plan, step);
      return step.optional === true;
    } finally {
      slots.give();
    }
  };
  // Steps only wait for earlier ones.
  for (const step of plan) running.set(step.id, run(step));
  await Promise.all(running.values());
  return { done, failed, skipped };
}

async function execute(host: Pick<Host, 'files' | 'clock'>, client: DockerClient, step: Step, options: ApplyOptions, cancel: Cancel): Promise<void> {
  const waitMs = options.waitMs ?? 300_000;
  const work = executeAction({ host, client, cancel, waitMs, builds: options.builds, logins: options.logins, say: (line) => options.onOutput?.(step, line) }, step.action);
  if (UNLIMITED.includes(step.action.do)) return work;
  const limitMs = step.action.do === 'run-hook' ? waitMs : (options.stepMs ?? 120_000);
  return withDeadline(host.clock, work, limitMs, () => new RosError('timeout', `${renderAction(step.action)} was not done within ${limitMs / 1000} s`));
}

/** A container that could not be prepared is taken away again: it would look like a finished one. */
async function undo(client: DockerClient, plan: Plan, step: Step): Promise<void> {
  if (step.action.do !== 'connect' && step.action.do !== 'put-file') return;
  const { name } = step.action;
  if (!plan.some(({ action }) => action.do === 'create' && action.name === name)) return;
  // The failure that led here is the one to tell.
  await client.removeContainer(name, { force: true }).catch(() => undefined);
}

/** At most so many at a time. */
class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  async take(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  give(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}
