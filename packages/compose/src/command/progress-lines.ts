// Progress in Docker Compose's words, a line for each change: " Container p-web-1  Started".

import type { Progress } from '../apply/apply-plan.ts';
import type { Action } from '../plan/step.ts';

type Words = readonly [what: string, doing: string, done: string];

const WORDS: Readonly<Record<Action['do'], Words>> = {
  'create-network': ['Network', 'Creating', 'Created'],
  'remove-network': ['Network', 'Removing', 'Removed'],
  'create-volume': ['Volume', 'Creating', 'Created'],
  'remove-volume': ['Volume', 'Removing', 'Removed'],
  pull: ['Image', 'Pulling', 'Pulled'],
  push: ['Image', 'Pushing', 'Pushed'],
  build: ['Image', 'Building', 'Built'],
  'remove-image': ['Image', 'Removing', 'Removed'],
  create: ['Container', 'Creating', 'Created'],
  connect: ['Container', 'Connecting', 'Connected'],
  'put-file': ['Container', 'Preparing', 'Prepared'],
  rename: ['Container', 'Renaming', 'Recreated'],
  start: ['Container', 'Starting', 'Started'],
  stop: ['Container', 'Stopping', 'Stopped'],
  restart: ['Container', 'Restarting', 'Restarted'],
  kill: ['Container', 'Killing', 'Killed'],
  pause: ['Container', 'Pausing', 'Paused'],
  unpause: ['Container', 'Unpausing', 'Unpaused'],
  remove: ['Container', 'Removing', 'Removed'],
  'run-hook': ['Container', 'Running a hook', 'Ran a hook'],
  'wait-healthy': ['Container', 'Waiting', 'Healthy'],
  'wait-completed': ['Container', 'Waiting', 'Exited'],
};

export interface ProgressPrinter {
  show(progress: Progress): void;
  /** What the engine says. */
  say(line: string): void;
}

/** "Container p-web-1". */
export function subjectOf({ step }: Progress): string {
  return `${WORDS[step.action.do][0]} ${step.action.do === 'rename' ? step.action.to : step.action.name}`;
}

export function wordOf({ step, state }: Progress): string {
  const [, doing, done] = WORDS[step.action.do];
  return state === 'started' ? doing : state === 'done' ? done : state === 'failed' ? 'Error' : 'Skipped';
}

export class ProgressLines implements ProgressPrinter {
  private readonly print: (text: string) => void;

  constructor(print: (text: string) => void) {
    this.print = print;
  }

  show(progress: Progress): void {
    const detail = progress.error instanceof Error ? `: ${progress.error.message}` : '';
    this.print(` ${subjectOf(progress)}  ${wordOf(progress)}${detail}\n`);
  }

  say(line: string): void {
    this.print(`${line}\n`);
  }
}

export const SILENT: ProgressPrinter = { show: () => undefined, say: () => undefined };
