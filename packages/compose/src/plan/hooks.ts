// Starting and stopping a container with what its service wants to be done in it then: post_start and pre_stop.

import type { Service } from '../model/service.ts';
import type { ObservedContainer } from '../observe/observe.ts';
import type { Action, PlanBuilder } from './step.ts';

const RUNNING: readonly string[] = ['running', 'restarting', 'paused'];

export function isRunning(container: Pick<ObservedContainer, 'status'>): boolean {
  return RUNNING.includes(container.status);
}

/** Returns the step after which it has started: dependents wait for its post_start hooks, too. */
export function startContainer(builder: PlanBuilder, service: Service | undefined, action: Extract<Action, { readonly do: 'start' | 'restart' }>, cause: string, after: readonly (number | undefined)[]): number {
  let last = builder.add(action, cause, after);
  for (const hook of service?.post_start ?? []) last = builder.add({ do: 'run-hook', name: action.name, kind: 'post_start', hook }, 'post_start', [last]);
  return last;
}

/** Undefined when it does not run. A pre_stop hook that fails is told, and the container is stopped all the same. */
export function stopContainer(builder: PlanBuilder, service: Service | undefined, container: ObservedContainer, action: Extract<Action, { readonly do: 'stop' }>, cause: string, after: readonly number[]): number | undefined {
  return isRunning(container) ? builder.add(action, cause, [...after, ...preStop(builder, service, container, after)]) : undefined;
}

/** Also before a restart. */
export function preStop(builder: PlanBuilder, service: Service | undefined, container: ObservedContainer, after: readonly number[]): readonly number[] {
  // Nothing can be run in a container that is paused or between two runs.
  if (container.status !== 'running') return [];
  const steps: number[] = [];
  for (const hook of service?.pre_stop ?? []) steps.push(builder.add({ do: 'run-hook', name: container.name, kind: 'pre_stop', hook }, 'pre_stop', [...after, ...steps.slice(-1)], true));
  return steps.slice(-1);
}
