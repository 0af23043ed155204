// The life of a container as two tables: what happens to it (state x event -> state), and what may be asked of it
// (request x state -> go ahead, or how it is refused).

import { RosError } from '@drover/core';
import type { ContainerStatus } from '@drover/docker-api';
import { apiError } from '../api-error.ts';

export type ContainerEvent =
  | 'started'
  | 'exited'
  /** It exited and its restart policy will start it again. */
  | 'will-restart'
  | 'paused'
  | 'unpaused'
  | 'removing'
  | 'remove-failed';

export const TRANSITIONS: Readonly<Record<ContainerStatus, Readonly<Partial<Record<ContainerEvent, ContainerStatus>>>>> = {
  created: { started: 'running', removing: 'removing' },
  running: { exited: 'exited', 'will-restart': 'restarting', paused: 'paused' },
  paused: { exited: 'exited', 'will-restart': 'restarting', unpaused: 'running' },
  restarting: { started: 'running', exited: 'exited', removing: 'removing' },
  exited: { started: 'running', removing: 'removing' },
  removing: { 'remove-failed': 'dead' },
  dead: { removing: 'removing' },
};

/** Throws when the table has no such transition: that is a mistake of ours, not the user's. */
export function nextStatus(status: ContainerStatus, event: ContainerEvent): ContainerStatus {
  const next = TRANSITIONS[status][event];
  if (next === undefined) throw new RosError('impossible-transition', `a container that is ${status} can't become "${event}"`);
  return next;
}

export type ContainerRequest = 'start' | 'stop' | 'kill' | 'pause' | 'unpause' | 'remove' | 'exec' | 'attach' | 'resize' | 'top';

type Refusal = (id: string, name: string) => RosError;

const alreadyStarted: Refusal = () => apiError('not-modified', 'container is already started');
const alreadyStopped: Refusal = () => apiError('not-modified', 'container is already stopped');
const notRunning: Refusal = (id) => apiError('conflict', `container ${id} is not running`);
const startPaused: Refusal = () => apiError('conflict', 'cannot start a paused container, try unpause instead');
const doomed: Refusal = () => apiError('conflict', 'container is marked for removal and cannot be started');
const restarting: Refusal = (id) => apiError('conflict', `container ${id} is restarting, wait until the container is running`);
const alreadyPaused: Refusal = (id) => apiError('conflict', `Container ${id} is already paused`);
const notPaused: Refusal = (id) => apiError('system', `Container ${id} is not paused`);
const pausedBeforeExec: Refusal = (_, name) => apiError('conflict', `Container ${name} is paused, unpause the container before exec`);
const pausedBeforeAttach: Refusal = (id) => apiError('conflict', `container ${id} is paused, unpause the container before attach`);
const beingRemoved: Refusal = (id) => apiError('conflict', `removal of container ${id} is already in progress`);
const stillAlive = (state: string): Refusal => (_, name) =>
  apiError('conflict', `cannot remove container "/${name}": container is ${state === 'paused' ? 'paused and must be unpaused first' : `${state}: stop the container before removing or force remove`}`);

export const REQUESTS: Readonly<Record<ContainerRequest, Readonly<Record<ContainerStatus, 'go' | Refusal>>>> = {
  start: { created: 'go', running: alreadyStarted, paused: startPaused, restarting: alreadyStarted, exited: 'go', removing: doomed, dead: doomed },
  stop: { created: alreadyStopped, running: 'go', paused: 'go', restarting: 'go', exited: alreadyStopped, removing: alreadyStopped, dead: alreadyStopped },
  kill: { created: notRunning, running: 'go', paused: 'go', restarting: 'go', exited: notRunning, removing: notRunning, dead: notRunning },
  pause: { created: notRunning, running: 'go', paused: alreadyPaused, restarting, exited: notRunning, removing: notRunning, dead: notRunning },
  unpause: { created: notPaused, running: notPaused, paused: 'go', restarting: notPaused, exited: notPaused, removing: notPaused, dead: notPaused },
  // Without force; with it, only a removal that is under way stands against another.
  remove: { created: 'go', running: stillAlive('running'), paused: stillAlive('paused'), restarting: stillAlive('restarting'), exited: 'go', removing: beingRemoved, dead: 'go' },
  exec: { created: notRunning, running: 'go', paused: pausedBeforeExec, restarting, exited: notRunning, removing: notRunning, dead: notRunning },
  attach: { created: 'go', running: 'go', paused: pausedBeforeAttach, restarting, exited: 'go', removing: notRunning, dead: notRunning },
  resize: { created: notRunning, running: 'go', paused: 'go', restarting: notRunning, exited: notRunning, removing: notRunning, dead: notRunning },
  top: { created: notRunning, running: 'go', paused: 'go', restarting, exited: notRunning, removing: notRunning, dead: notRunning },
};

export function refusalOf(request: ContainerRequest, status: ContainerStatus, id: string, name: string): RosError | undefined {
  const answer = REQUESTS[request][status];
  return answer === 'go' ? undefined : answer(id, name);
}

/** What Docker calls running: also while it waits to be restarted. */
export function isAlive(status: ContainerStatus): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting';
}
