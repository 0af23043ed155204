// From what is wanted and what is there to the steps between them. Pure: nothing is touched, and the same input gives
// the same plan.

import { RosError } from '@drover/core';
import type { Project, Service } from '../model/project.ts';
import { replicasOf } from '../model/project.ts';
import { LABELS } from '../names.ts';
import type { Observed, ObservedContainer } from '../observe/observe.ts';
import { imageOf } from '../observe/observe.ts';
import { containerLabels } from './container-labels.ts';
import { networksOf } from './attachments.ts';
import { createBody } from './create-body.ts';
import type { CreateInput } from './create-input.ts';
import { targetBelow } from './mounts.ts';
import type { ImageOptions, ResourceSteps } from './plan-resources.ts';
import { planImages, planNetworks, planVolumes } from './plan-resources.ts';
import { inDependencyOrder, selectServices } from './select-services.ts';
import type { InjectedFile, Plan } from './step.ts';
import { PlanBuilder } from './step.ts';

export interface UpOptions extends Partial<ImageOptions> {
  /** Default: all. */
  readonly services?: readonly string[];
  readonly noDependencies?: boolean;
  /** What becomes of containers that are there already; default: those that have changed are made anew. */
  readonly recreate?: 'changed' | 'always' | 'never';
  /** With `always`: those of dependencies, too. */
  readonly recreateDependencies?: boolean;
  /** False: containers are made and not started. */
  readonly start?: boolean;
  /** Numbers of containers, by service. */
  readonly scale?: Readonly<Record<string, number>>;
  readonly removeOrphans?: boolean;
  /** Containers made anew get new anonymous volumes, too. */
  readonly renewAnonymousVolumes?: boolean;
  /** Ends once all services run and are healthy. */
  readonly wait?: boolean;
  readonly graceSeconds?: number;
  /** Between the words of a container's name; `_` is that of older versions. */
  readonly separator?: '-' | '_';
}

interface Planning {
  readonly project: Project;
  readonly observed: Observed;
  readonly options: UpOptions;
  readonly hashOf: (service: Service) => string;
  readonly builder: PlanBuilder;
  readonly networks: ResourceSteps;
  readonly volumes: ResourceSteps;
  readonly images: ResourceSteps;
  /** What is there of a service once its steps are done. */
  readonly outcomes: Map<string, Outcome>;
}

interface Outcome {
  readonly containers: readonly { readonly name: string; readonly made: number | undefined; readonly started: number | undefined }[];
  readonly recreated: boolean;
}

/** Throws RosError for what no plan can bring about: `missing-external`, `no-image`, `no-such-service`. */
export function planUp(project: Project, observed: Observed, hashOf: (service: Service) => string, options: UpOptions = {}): Plan {
  const builder = new PlanBuilder();
  const names = selectServices(project, options.services ?? [], options.noDependencies !== true);
  const selected: Project = { ...project, services: Object.fromEntries(names.map((name) => [name, project.services[name]!])) };
  const planning: Planning = {
    project, observed, options, hashOf, builder,
    networks: planNetworks(builder, project, selected, observed),
    volumes: planVolumes(builder, project, selected, observed),
    images: planImages(builder, project, names, observed, { build: options.build ?? 'missing', pull: options.pull ?? 'policy' }),
    outcomes: new Map(),
  };
  for (const name of inDependencyOrder(project, names)) planning.outcomes.set(name, planService(planning, name));
  if (options.removeOrphans === true) for (const orphan of orphansOf(project, observed)) removeContainer(planning, orphan, 'its service is not in the files any more', []);
  return builder.steps;
}

/** Containers of services that the project does not have. */
export function orphansOf(project: Project, observed: Observed): readonly ObservedContainer[] {
  return observed.containers.filter((one) => !one.oneOff && !(one.service in project.services) && !(one.service in project.disabledServices));
}

function planService(planning: Planning, name: string): Outcome {
  const { project, observed, options } = planning;
  const service = project.services[name]!;
  const wanted = options.scale?.[name] ?? replicasOf(service);
  if (wanted > 1 && service.container_name !== undefined) throw new RosError('not-scalable', `the service ${name} has a container_name and cannot have ${wanted} containers`, { hint: 'remove container_name' });
  const present = observed.containers.filter((one) => one.service === name && !one.oneOff);
  const kept = present.slice(0, wanted);
  const ready = readySteps(planning, service);
  for (const extra of present.slice(wanted)) removeContainer(planning, extra, `${wanted} of ${present.length} containers are wanted`, []);
  const results = kept.map((one) => planContainer(planning, name, service, one, ready));
  const numbers = new Set(kept.map((one) => one.number));
  for (let number = 1; results.length < wanted; number += 1) {
    if (numbers.has(number)) continue;
    results.push({ ...makeContainer(planning, name, service, { number, ready, cause: present.length === 0 ? 'there is no container' : `${wanted} containers are wanted` }), recreated: false });
  }
  if (options.wait === true) for (const one of results) waitFor(planning, one.name, service, one.started, 'up waits for it');
  return { containers: results, recreated: results.some((one) => one.recreated) };
}

type ContainerOutcome = Outcome['containers'][number] & { readonly recreated: boolean };

function planContainer(planning: Planning, name: string, service: Service, present: ObservedContainer, ready: readonly number[]): ContainerOutcome {
  const { builder } = planning;
  const cause = causeToRecreate(planning, name, service, present);
  if (cause !== undefined) return { ...makeContainer(planning, name, service, { number: present.number, ready, cause, old: present }), recreated: true };
  const wantedName = containerNameOf(planning, name, service, present.number);
  // An earlier run ended between removing the old one and giving this one its name.
  const unfinished = /^[0-9a-f]{12}_/.test(present.name) && !planning.observed.containers.some((one) => one.name === wantedName);
  const renamed = unfinished ? builder.add({ do: 'rename', name: present.name, to: wantedName }, 'an earlier run did not get to it') : undefined;
  return keepContainer(planning, service, { ...present, name: unfinished ? wantedName : present.name }, [...ready, ...(renamed === undefined ? [] : [renamed])]);
}

function keepContainer(planning: Planning, service: Service, present: ObservedContainer, ready: readonly number[]): ContainerOutcome {
  const { builder, options } = planning;
  const keep = { name: present.name, made: undefined, recreated: false };
  if (options.start === false || present.status === 'running' || present.status === 'restarting') {
    const restarted = options.start === false ? undefined : Object.entries(service.depends_on ?? {}).find(([dependency, { restart }]) => restart === true && planning.outcomes.get(dependency)?.recreated === true)?.[0];
    return { ...keep, started: restarted === undefined ? undefined : builder.add({ do: 'restart', name: present.name, ...grace(options) }, `${restarted} was made anew`, ready) };
  }
  if (present.status === 'paused') return { ...keep, started: builder.add({ do: 'unpause', name: present.name }, 'it is paused', ready) };
  return { ...keep, started: builder.add({ do: 'start', name: present.name }, `it is ${present.status}`, ready) };
}

/** Undefined: it stays. */
function causeToRecreate({ project, observed, options, hashOf, images, outcomes }: Planning, name: string, service: Service, present: ObservedContainer): string | undefined {
  if (options.recreate === 'never') return undefined;
  const asked = (options.services ?? []).length === 0 || options.services!.includes(name) || options.recreateDependencies === true;
  if (options.recreate === 'always' && asked) return 'it was asked for';
  if (present.configHash !== hashOf(service)) return 'its configuration has changed';
  const image = observed.images.get(imageOf(project, name, service.image));
  // What a step brings may be another image. Who wants to know first carries the steps of images out, and plans again.
  if (images.has(name) && image !== undefined) return 'its image may have changed';
  if (image !== undefined && image !== present.imageId) return 'its image has changed';
  const shared = sharedWith(service).find((other) => outcomes.get(other)?.recreated === true);
  return shared === undefined ? undefined : `${shared}, whose namespace it shares, was made anew`;
}

/** Services whose namespaces or volumes this one is in. */
function sharedWith(service: Service): readonly string[] {
  const modes = [service.network_mode, service.ipc, service.pid].flatMap((mode) => (mode?.startsWith('service:') === true ? [mode.slice('service:'.length)] : []));
  return [...modes, ...(service.volumes_from ?? []).filter((from) => !from.startsWith('container:')).map((from) => from.split(':', 1)[0]!)];
}

interface Making {
  readonly number: number;
  readonly ready: readonly number[];
  readonly cause: string;
  /** The one that it takes the place of. */
  readonly old?: ObservedContainer;
}

function makeContainer(planning: Planning, name: string, service: Service, making: Making): Outcome['containers'][number] {
  const { builder, project, options, networks, volumes, images } = planning;
  const { old } = making;
  const containerName = old?.name ?? containerNameOf(planning, name, service, making.number);
  const temporary = old === undefined ? containerName : `${old.id.slice(0, 12)}_${containerName}`;
  const input = inputOf(planning, name, service, { ...making, containerName });
  const attachments = networksOf(input);
  const resources = [images.get(name), ...Object.keys(service.networks ?? {}).map((key) => networks.get(key)), ...(service.volumes ?? []).map((mount) => volumes.get(mount.source ?? ''))];
  const others = [...sharedWith(service), ...(service.links ?? []).map((link) => link.split(':', 1)[0]!)].flatMap((other) => planning.outcomes.get(other)?.containers.map((one) => one.made) ?? []);
  const created = builder.add({ do: 'create', name: temporary, body: createBody(input) }, making.cause, [...resources, ...others]);
  const prepared: number[] = [created];
  for (const { name: network, endpoint } of attachments.slice(1)) prepared.push(builder.add({ do: 'connect', name: temporary, network, endpoint }, 'it is on several networks', [prepared.at(-1)]));
  for (const file of injectedFiles(project, service)) prepared.push(builder.add({ do: 'put-file', name: temporary, file }, 'a secret or config that is no file', [created]));
  if (old !== undefined) {
    const removed = removeContainer(planning, old, 'another one takes its place', prepared);
    prepared.push(builder.add({ do: 'rename', name: temporary, to: containerName }, 'the name is free', [removed]));
  }
  const made = prepared.at(-1)!;
  if (options.start === false) return { name: containerName, made, started: undefined };
  return { name: containerName, made, started: builder.add({ do: 'start', name: containerName }, 'it is new', [...prepared, ...making.ready]) };
}

function inputOf(planning: Planning, name: string, service: Service, making: Making & { readonly containerName: string }): CreateInput {
  const { project, observed, options, hashOf, outcomes } = planning;
  const image = imageOf(project, name, service.image);
  const { old } = making;
  const labels = containerLabels(project, name, service, { number: making.number, oneOff: false, hash: hashOf(service), imageId: observed.images.get(image) ?? '' });
  return {
    project, name, service, image,
    labels: old === undefined ? labels : { ...labels, [LABELS.replace]: old.id },
    containerName: making.containerName,
    containersOf: (other) => outcomes.get(other)?.containers.map((one) => one.name) ?? observed.containers.filter((one) => one.service === other && !one.oneOff).map((one) => one.name),
    inherited: old === undefined || options.renewAnonymousVolumes === true ? new Map() : anonymousVolumes(planning, service, old),
  };
}

function containerNameOf({ project, options }: Planning, name: string, service: Service, number: number): string {
  const separator = options.separator ?? '-';
  return service.container_name ?? [project.name, name, number].join(separator);
}

/** Volumes without a name of their own, by their path: those that the service or its image asks for. */
function anonymousVolumes({ observed }: Planning, service: Service, old: ObservedContainer): ReadonlyMap<string, string> {
  const asked = new Set([
    ...(observed.imageVolumes.get(old.imageId) ?? []),
    ...(service.volumes ?? []).filter((one) => one.type === 'volume' && (one.source === undefined || one.source === '')).map((one) => one.target),
  ]);
  return new Map(old.inspect.Mounts.flatMap((mount) => (mount.Type === 'volume' && mount.Name !== undefined && asked.has(mount.Destination) ? [[mount.Destination, mount.Name] as const] : [])));
}

function removeContainer({ builder, options }: Planning, container: ObservedContainer, cause: string, after: readonly number[]): number {
  const stopped = ['running', 'paused', 'restarting'].includes(container.status) ? builder.add({ do: 'stop', name: container.id, ...grace(options) }, cause, after) : undefined;
  return builder.add({ do: 'remove', name: container.id }, cause, [...after, stopped]);
}

function grace(options: UpOptions): { readonly graceSeconds?: number } {
  return options.graceSeconds === undefined ? {} : { graceSeconds: options.graceSeconds };
}

// ---- dependencies

/** The steps after which this service may start. */
function readySteps(planning: Planning, service: Service): readonly number[] {
  if (planning.options.noDependencies === true || planning.options.start === false) return [];
  return Object.entries(service.depends_on ?? {}).flatMap(([name, { condition, required }]) => {
    const dependency = planning.project.services[name];
    const outcome = planning.outcomes.get(name);
    if (dependency === undefined || outcome === undefined) return [];
    return outcome.containers.flatMap((one) => {
      if (condition === 'service_started') return one.started ?? [];
      const wait = { do: condition === 'service_healthy' ? 'wait-healthy' : 'wait-completed', name: one.name } as const;
      const known = planning.builder.steps.find((step) => step.action.do === wait.do && step.action.name === one.name);
      return known?.id ?? planning.builder.add(wait, 'others depend on it', [one.started], !required);
    });
  });
}

function waitFor({ builder }: Planning, name: string, service: Service, started: number | undefined, cause: string): void {
  if (service.healthcheck !== undefined && service.healthcheck.disable !== true) builder.add({ do: 'wait-healthy', name }, cause, [started]);
}

/** Secrets and configs that come from a variable or from the compose file. */
function injectedFiles(project: Project, service: Service): readonly InjectedFile[] {
  const files = (section: 'secrets' | 'configs', folder: string): InjectedFile[] => (service[section] ?? []).flatMap((one) => {
    const object = project[section][one.source];
    const text = object?.content ?? (object?.environment === undefined ? undefined : project.environment.get(object.environment));
    if (text === undefined) return [];
    return [{ path: targetBelow(one.target ?? one.source, folder), text, uid: Number(one.uid ?? 0), gid: Number(one.gid ?? 0), mode: one.mode ?? 0o444 }];
  });
  return [...files('secrets', '/run/secrets/'), ...files('configs', '/')];
}
