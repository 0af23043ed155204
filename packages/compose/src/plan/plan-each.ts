// The verbs that do one thing to each container: start, stop, restart, kill, pause, unpause, remove, and down.

import { dependencyOrder, dependentsByService } from '../model/dependency-order.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { LABELS } from '../names.ts';
import type { Observed, ObservedContainer, ObservedContainers } from '../observe/observe.ts';
import { byService, imageOf } from '../observe/observe.ts';
import { isRunning, preStop, startContainer, stopContainer } from './hooks.ts';
import { orphansOf } from './plan-up.ts';
import { grace } from './planning.ts';
import { selectServices } from './select-services.ts';
import type { Action, Plan } from './step.ts';
import { PlanBuilder } from './step.ts';

export interface EachOptions {
  readonly services?: readonly string[];
  readonly graceSeconds?: number;
}

/** Adds the steps for one container; returns the last one, undefined when there is nothing to do. */
type PlanOne = (builder: PlanBuilder, container: ObservedContainer, after: readonly number[], service: Service) => number | undefined;
type Order = 'dependencies-first' | 'dependents-first' | 'any';

const STARTABLE: readonly string[] = ['created', 'exited', 'dead'];

export function planStart(project: Project, observed: ObservedContainers, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'dependencies-first', (builder, one, after, service) => (STARTABLE.includes(one.status) ? startContainer(builder, service, { do: 'start', name: one.name }, `it is ${one.status}`, after) : undefined));
}

export function planStop(project: Project, observed: ObservedContainers, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'dependents-first', (builder, one, after, service) => stopContainer(builder, service, one, { do: 'stop', name: one.name, ...grace(options) }, `it is ${one.status}`, after));
}

export function planRestart(project: Project, observed: ObservedContainers, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'dependencies-first', (builder, one, after, service) => startContainer(builder, service, { do: 'restart', name: one.name, ...grace(options) }, 'it was asked for', [...after, ...preStop(builder, service, one, after)]));
}

export function planKill(project: Project, observed: ObservedContainers, options: EachOptions & { readonly signal?: string } = {}): Plan {
  return planEach(project, observed, options, 'any', (builder, one) => (isRunning(one) ? builder.add({ do: 'kill', name: one.name, signal: options.signal ?? 'SIGKILL' }, `it is ${one.status}`) : undefined));
}

export function planPause(project: Project, observed: ObservedContainers, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'any', (builder, one) => (one.status === 'running' ? builder.add({ do: 'pause', name: one.name }, 'it is running') : undefined));
}

export function planUnpause(project: Project, observed: ObservedContainers, options: EachOptions = {}): Plan {
  return planEach(project, observed, options, 'any', (builder, one) => (one.status === 'paused' ? builder.add({ do: 'unpause', name: one.name }, 'it is paused') : undefined));
}

export interface RemoveOptions extends EachOptions {
  /** With their anonymous volumes. */
  readonly volumes?: boolean;
  /** Those that run are stopped first; without it they stay. */
  readonly stop?: boolean;
}

export function planRemove(project: Project, observed: ObservedContainers, options: RemoveOptions = {}): Plan {
  const remove = (one: ObservedContainer): Action => ({ do: 'remove', name: one.name, ...(options.volumes === true && { volumes: true }), ...(options.stop === true && { force: true }) });
  return planEach(project, observed, options, 'dependents-first', (builder, one, after) => (options.stop === true || !isRunning(one) ? builder.add(remove(one), `it is ${one.status}`, after) : undefined));
}

function planEach(project: Project, observed: ObservedContainers, options: EachOptions, order: Order, planOne: PlanOne): Plan {
  const builder = new PlanBuilder();
  const { ordered } = dependencyOrder(project, selectServices(project, options.services ?? [], false));
  const containers = byService(observed.containers.filter((one) => !one.oneOff));
  const dependents = dependentsByService(project);
  const steps = new Map<string, readonly number[]>();
  for (const name of order === 'dependents-first' ? ordered.toReversed() : ordered) {
    const service = project.services[name]!;
    const before = order === 'any' ? [] : order === 'dependents-first' ? (dependents.get(name) ?? []) : Object.keys(service.depends_on ?? {});
    const after = before.flatMap((other) => steps.get(other) ?? []);
    steps.set(name, (containers.get(name) ?? []).flatMap((one) => planOne(builder, one, after, service) ?? []));
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
  readonly separator?: '-' | '_';
}

export function planDown(project: Project, observed: Observed, options: DownOptions = {}): Plan {
  const builder = new PlanBuilder();
  const names = selectServices(project, options.services ?? [], false);
  const containers = byService(observed.containers);
  const dependents = dependentsByService(project);
  const steps = new Map<string, readonly number[]>();
  const take = (one: ObservedContainer, cause: string, after: readonly number[]): number => {
    const stopped = stopContainer(builder, project.services[one.service], one, { do: 'stop', name: one.name, ...grace(options) }, cause, after);
    return builder.add({ do: 'remove', name: one.name, force: true, ...(options.volumes === true && { volumes: true }) }, cause, [...after, stopped]);
  };
  for (const name of dependencyOrder(project, names).ordered.toReversed()) {
    const after = (dependents.get(name) ?? []).flatMap((other) => steps.get(other) ?? []);
    steps.set(name, (containers.get(name) ?? []).map((one) => take(one, 'the project goes down', after)));
  }
  if (options.removeOrphans === true) steps.set('', orphansOf(project, observed).map((one) => take(one, 'its service is not in the files any more', [])));
  if ((options.services ?? []).length === 0) removeResources(builder, project, observed, options, [...steps.values()].flat());
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
    const image = imageOf(project, name, service.image, options.separator);
    if (observed.images.get(image) !== undefined && (options.images === 'all' || service.image === undefined)) builder.add({ do: 'remove-image', name: image }, 'images go, too', after);
  }
}
