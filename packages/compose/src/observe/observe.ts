// What an engine has of a project, by the labels that this library and `docker compose` v2 set. Few calls, however many
// containers there are: a list says all that a plan needs.

import type { ContainerStatus, ContainerSummary, DockerClient, MountPoint } from '@drover/docker-api';
import type { Project } from '../model/project.ts';
import { LABELS } from '../names.ts';

export interface ObservedContainer {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly service: string;
  readonly number: number;
  /** Of `run`, not of `up`. */
  readonly oneOff: boolean;
  readonly status: ContainerStatus;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** 0 unless it has ended. */
  readonly exitCode: number;
  readonly configHash: string | undefined;
  /** The image it was made from, by its digest. */
  readonly imageId: string;
  readonly mounts: readonly MountPoint[];
  /** As the engine lists it. */
  readonly summary: ContainerSummary;
}

export interface Observed {
  /** By service, then by number. */
  readonly containers: readonly ObservedContainer[];
  /** Names of the networks and volumes that exist, with the labels they have. */
  readonly networks: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly volumes: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The id behind each name of an image, or undefined when the engine has none. */
  readonly images: ReadonlyMap<string, string | undefined>;
  /** Volumes that an image declares, by the image's id. */
  readonly imageVolumes: ReadonlyMap<string, readonly string[]>;
}

/** All that verbs need which neither make containers nor take networks and volumes away. */
export type ObservedContainers = Pick<Observed, 'containers'>;

/** The image of a service: the one it names, or the one that is built for it. */
export function imageOf(project: Pick<Project, 'name'>, name: string, image: string | undefined, separator = '-'): string {
  return image ?? `${project.name}${separator}${name}`;
}

export async function observe(client: DockerClient, project: Project, separator = '-'): Promise<Observed> {
  const names = new Set(Object.entries(project.services).map(([name, service]) => imageOf(project, name, service.image, separator)));
  const [{ containers }, networks, volumes, images] = await Promise.all([
    observeContainers(client, project),
    client.listNetworks(),
    client.listVolumes(),
    Promise.all([...names].map(async (name) => [name, await client.inspectImage(name)] as const)),
  ]);
  return {
    containers,
    networks: new Map(networks.map((one) => [one.Name, one.Labels ?? {}])),
    volumes: new Map(volumes.map((one) => [one.Name, one.Labels ?? {}])),
    images: new Map(images.map(([name, image]) => [name, image?.Id])),
    imageVolumes: new Map(images.flatMap(([, image]) => (image === undefined ? [] : [[image.Id, Object.keys(image.Config.Volumes ?? {})] as const]))),
  };
}

export async function observeContainers(client: DockerClient, project: Pick<Project, 'name'>): Promise<ObservedContainers> {
  const listed = await client.listContainers({ all: true, filters: { label: [`${LABELS.project}=${project.name}`] } });
  return { containers: listed.flatMap((one) => observeContainer(one) ?? []).sort((a, b) => (a.service === b.service ? a.number - b.number : a.service < b.service ? -1 : 1)) };
}

/** In the order in which they are given. */
export function byService(containers: readonly ObservedContainer[]): ReadonlyMap<string, readonly ObservedContainer[]> {
  const found = new Map<string, ObservedContainer[]>();
  for (const one of containers) {
    const known = found.get(one.service);
    if (known === undefined) found.set(one.service, [one]);
    else known.push(one);
  }
  return found;
}

/** Undefined when it is not of a service. */
export function observeContainer(summary: ContainerSummary): ObservedContainer | undefined {
  const labels = summary.Labels;
  const service = labels[LABELS.service];
  if (service === undefined) return undefined;
  return {
    id: summary.Id,
    // The names that links gave it have a second slash.
    name: (summary.Names.find((name) => name.lastIndexOf('/') === 0) ?? summary.Names[0] ?? summary.Id).replace(/^\//, ''),
    service,
    number: Number(labels[LABELS.number] ?? 1),
    oneOff: labels[LABELS.oneOff]?.toLowerCase() === 'true',
    status: summary.State,
    health: healthIn(summary.Status),
    exitCode: Number(/^(?:Exited|Restarting) \((\d+)\)/.exec(summary.Status)?.[1] ?? 0),
    configHash: labels[LABELS.configHash],
    imageId: summary.ImageID,
    mounts: summary.Mounts,
    summary,
  };
}

/** A list says it in words only: "Up 5 minutes (health: starting)". */
function healthIn(status: string): ObservedContainer['health'] {
  const [, word] = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status) ?? [];
  return (word as ObservedContainer['health'] | undefined) ?? 'none';
}
