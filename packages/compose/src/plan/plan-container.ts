// One container of a service: kept, started, or made, in place of an older one if there is one.

import type { Service } from '../model/service.ts';
import { LABELS } from '../names.ts';
import type { ObservedContainer } from '../observe/observe.ts';
import { imageOf } from '../observe/observe.ts';
import { networksOf } from './attachments.ts';
import { containerLabels } from './container-labels.ts';
import { createBody } from './create-body.ts';
import type { CreateInput } from './create-input.ts';
import { startContainer } from './hooks.ts';
import { injectedFiles } from './injected-files.ts';
import type { ContainerOutcome, Planning } from './planning.ts';
import { grace, removeContainer } from './planning.ts';

/** Of one that is there. `ready` are the steps after which it may start. */
export function planContainer(planning: Planning, name: string, service: Service, present: ObservedContainer, ready: readonly number[]): ContainerOutcome {
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
    return { ...keep, started: restarted === undefined ? undefined : startContainer(builder, service, { do: 'restart', name: present.name, ...grace(options) }, `${restarted} was made anew`, ready) };
  }
  if (present.status === 'paused') return { ...keep, started: builder.add({ do: 'unpause', name: present.name }, 'it is paused', ready) };
  return { ...keep, started: startContainer(builder, service, { do: 'start', name: present.name }, `it is ${present.status}`, ready) };
}

/** Undefined: it stays. */
function causeToRecreate({ project, observed, options, hashOf, images, outcomes }: Planning, name: string, service: Service, present: ObservedContainer): string | undefined {
  if (options.recreate === 'never') return undefined;
  const asked = (options.services ?? []).length === 0 || options.services!.includes(name) || options.recreateDependencies === true;
  if (options.recreate === 'always' && asked) return 'it was asked for';
  if (present.configHash !== hashOf(service)) return 'its configuration has changed';
  const image = observed.images.get(imageOf(project, name, service.image, options.separator));
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

export interface Making {
  readonly number: number;
  /** The steps after which it may start. */
  readonly ready: readonly number[];
  readonly cause: string;
  /** The one that it takes the place of. */
  readonly old?: ObservedContainer;
}

export function makeContainer(planning: Planning, name: string, service: Service, making: Making): ContainerOutcome {
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
  const outcome = { name: containerName, made: prepared.at(-1)!, recreated: false };
  if (options.start === false) return { ...outcome, started: undefined };
  return { ...outcome, started: startContainer(builder, service, { do: 'start', name: containerName }, 'it is new', [...prepared, ...making.ready]) };
}

function inputOf(planning: Planning, name: string, service: Service, making: Making & { readonly containerName: string }): CreateInput {
  const { project, observed, options, hashOf, outcomes, images, present } = planning;
  const image = imageOf(project, name, service.image, options.separator);
  const { old } = making;
  // The id of an image that a step brings is known once it is there.
  const imageId = images.has(name) ? '' : (observed.images.get(image) ?? '');
  const labels = containerLabels(project, name, service, { number: making.number, oneOff: false, hash: hashOf(service), imageId });
  return {
    project, name, service, image,
    labels: old === undefined ? labels : { ...labels, [LABELS.replace]: old.id },
    containerName: making.containerName,
    containersOf: (other) => (outcomes.get(other)?.containers ?? present.get(other) ?? []).map((one) => one.name),
    inherited: old === undefined || options.renewAnonymousVolumes === true ? new Map() : anonymousVolumes(planning, service, old, observed.images.get(image)),
  };
}

function containerNameOf({ project, options }: Planning, name: string, service: Service, number: number): string {
  const separator = options.separator ?? '-';
  return service.container_name ?? [project.name, name, number].join(separator);
}

/** Volumes without a name of their own, by their path: those that the service or its image, the old one or the new one, asks for. */
function anonymousVolumes({ observed }: Planning, service: Service, old: ObservedContainer, image: string | undefined): ReadonlyMap<string, string> {
  const asked = new Set([
    ...(observed.imageVolumes.get(old.imageId) ?? []),
    ...(observed.imageVolumes.get(image ?? '') ?? []),
    ...(service.volumes ?? []).filter((one) => one.type === 'volume' && (one.source === undefined || one.source === '')).map((one) => one.target),
  ]);
  return new Map(old.mounts.flatMap((mount) => (mount.Type === 'volume' && mount.Name !== undefined && asked.has(mount.Destination) ? [[mount.Destination, mount.Name] as const] : [])));
}
