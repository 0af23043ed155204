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
  'wait-healthy': ['Container', 'Waiting', 'Healthy'],
  'wait-completed': ['Container', 'Waiting', 'Exited'],
};

export class ProgressLines {
  private readonly print: (text: string) => void;

  constructor(print: (text: string) => void) {
    this.print = print;
  }

  show({ step, state, error }: Progress): void {
    const [what, doing, done] = WORDS[step.action.do];
    const word = state === 'started' ? doing : state === 'done' ? done : state === 'failed' ? 'Error' : 'Skipped';
    const name = step.action.do === 'rename' ? step.action.to : step.action.name;
    const detail = error instanceof Error ? `: ${error.message}` : '';
    this.print(` ${what} ${name}  ${word}${detail}\n`);
  }
}
