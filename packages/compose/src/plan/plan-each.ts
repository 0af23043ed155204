// The verbs that do one thing to each container: start, stop, restart, kill, pause, unpause, remove, and down.

import type { Project } from '../model/project.ts';
import { LABELS } from '../names.ts';
import type { Observed, ObservedContainer } from '../observe/observe.ts';
import { imageOf } from '../observe/observe.ts';
import { orphansOf } from './plan-up.ts';
import { dependentsOf, inDependencyOrder, selectServices } from './select-services.ts';
import type { Action, Plan } from './step.ts';
import { PlanBuilder } from './step.ts';

export interface EachOptions {
  readonly services?: readonly string[];
  readonly graceSeconds?: number;
}

type Choose = (container: ObservedContainer) => { readonly action: Action; readonly cause: string } | undefined;
type Order = 'dependencies-first' | 'dependents-first' | 'any';

const RUNNING: readonly string[] = ['running', 'restarting', 'paused'];

export function planStart(project: Project, observed: Observed, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'dependencies-first', (one) => (['created', 'exited', 'dead'].includes(one.status) ? { action: { do: 'start', name: one.name }, cause: `it is ${one.status}` } : undefined));
}

export function planStop(project: Project, observed: Observed, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'dependents-first', (one) => (RUNNING.includes(one.status) ? { action: { do: 'stop', name: one.name, ...grace(options) }, cause: `it is ${one.status}` } : undefined));
}

export function planRestart(project: Project, observed: Observed, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'dependencies-first', (one) => ({ action: { do: 'restart', name: one.name, ...grace(options) }, cause: 'it was asked for' }));
}

export function planKill(project: Project, observed: Observed, options: EachOptions & { readonly signal?: string } = {}): Plan {
  return planEach(project, observed, options, 'any', (one) => (RUNNING.includes(one.status) ? { action: { do: 'kill', name: one.name, signal: options.signal ?? 'SIGKILL' }, cause: `it is ${one.status}` } : undefined));
}

export function planPause(project: Project, observed: Observed, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'any', (one) => (one.status === 'running' ? { action: { do: 'pause', name: one.name }, cause: 'it is running' } : undefined));
}

export function planUnpause(project: Project, observed: Observed, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'any', (one) => (one.status === 'paused' ? { action: { do: 'unpause', name: one.name }, cause: 'it is paused' } : undefined));
}

export interface RemoveOptions extends EachOptions {
  /** With their anonymous volumes. */
  readonly volumes?: boolean;
  /** Those that run are stopped first; without it they stay. */
  readonly stop?: boolean;
}

export function planRemove(project: Project, observed: Observed, options: RemoveOptions = {}): Plan {
  const remove = (one: ObservedContainer): Action => ({ do: 'remove', name: one.name, ...(options.volumes === true && { volumes: true }), ...(options.stop === true && { force: true }) });
  return planEach(project, observed, options, 'dependents-first', (one) => (options.stop === true || !RUNNING.includes(one.status) ? { action: remove(one), cause: `it is ${one.status}` } : undefined));
}

function planEach(project: Project, observed: Observed, options: EachOptions, order: Order, choose: Choose): Plan {
  const builder = new PlanBuilder();
  const names = selectServices(project, options.services ?? [], false);
  const steps = new Map<string, readonly number[]>();
  const ordered = inDependencyOrder(project, names);
  for (const name of order === 'dependents-first' ? ordered.toReversed() : ordered) {
    const before = order === 'any' ? [] : order === 'dependents-first' ? dependentsOf(project, name) : Object.keys(project.services[name]?.depends_on ?? {});
    const after = before.flatMap((other) => steps.get(other) ?? []);
    const containers = observed.containers.filter((one) => one.service === name && !one.oneOff);
    steps.set(name, containers.flatMap((one) => {
      const chosen = choose(one);
      return chosen === undefined ? [] : builder.add(chosen.action, chosen.cause, after);
    }));
  }
  return builder.steps;
}

export interface DownOptions {
  readonly services?: readonly string[];
  readonly removeOrphans?: boolean;
  /** Named volumes of the project and anonymous ones. */
  readonly volumes?: boolean;
  /** `local`: images that were built without a name. */
  readonly images?: 'local' | 'all';
  readonly graceSeconds?: number;
}

export function planDown(project: Project, observed: Observed, options: DownOptions = {}): Plan {
  const builder = new PlanBuilder();
  const all = (options.services ?? []).length === 0;
  const names = selectServices(project, options.services ?? [], false);
  const steps = new Map<string, readonly number[]>();
  const take = (one: ObservedContainer, cause: string, after: readonly number[]): number => {
    const stopped = RUNNING.includes(one.status) ? builder.add({ do: 'stop', name: one.name, ...grace(options) }, cause, after) : undefined;
    return builder.add({ do: 'remove', name: one.name, force: true, ...(options.volumes === true && { volumes: true }) }, cause, [...after, stopped]);
  };
  for (const name of inDependencyOrder(project, names).toReversed()) {
    const after = dependentsOf(project, name).flatMap((other) => steps.get(other) ?? []);
    steps.set(name, observed.containers.filter((one) => one.service === name).map((one) => take(one, 'the project goes down', after)));
  }
  if (options.removeOrphans === true) steps.set('', orphansOf(project, observed).map((one) => take(one, 'its service is not in the files any more', [])));
  if (all) removeResources(builder, project, observed, options, [...steps.values()].flat());
  return builder.steps;
}

function removeResources(builder: PlanBuilder, project: Project, observed: Observed, options: DownOptions, after: readonly number[]): void {
  for (const [name, labels] of observed.networks) {
    if (labels[LABELS.project] === project.name) builder.add({ do: 'remove-network', name }, 'the project goes down', after);
  }
  if (options.volumes === true) {
    for (const [name, labels] of observed.volumes) if (labels[LABELS.project] === project.name) builder.add({ do: 'remove-volume', name }, 'volumes go, too', after);
  }
  if (options.images === undefined) return;
  for (const [name, service] of Object.entries(project.services)) {
    const image = imageOf(project, name, service.image);
    if (observed.images.get(image) !== undefined && (options.images === 'all' || service.image === undefined)) builder.add({ do: 'remove-image', name: image }, 'images go, too', after);
  }
}

function grace(options: { readonly graceSeconds?: number }): { readonly graceSeconds?: number } {
  return options.graceSeconds === undefined ? {} : { graceSeconds: options.graceSeconds };
}
