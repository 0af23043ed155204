// What an engine has of a project, by the labels that this library and `docker compose` v2 set.

import type { ContainerInspect, ContainerStatus, DockerClient } from '@drover/docker-api';
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
  readonly exitCode: number;
  readonly configHash: string | undefined;
  /** The image it was made from, by its digest. */
  readonly imageId: string;
  /** Seconds of SIGTERM before SIGKILL, when the container says so. */
  readonly inspect: ContainerInspect;
}

export interface Observed {
  readonly containers: readonly ObservedContainer[];
  /** Names of the networks and volumes that exist, with the labels they have. */
  readonly networks: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly volumes: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The id behind each name of an image, or undefined when the engine has none. */
  readonly images: ReadonlyMap<string, string | undefined>;
  /** Volumes that an image declares, by the image's id. */
  readonly imageVolumes: ReadonlyMap<string, readonly string[]>;
}

/** The image of a service: the one it names, or the one that is built for it. */
export function imageOf(project: Pick<Project, 'name'>, name: string, image: string | undefined, separator = '-'): string {
  return image ?? `${project.name}${separator}${name}`;
}

export async function observe(client: DockerClient, project: Project, separator = '-'): Promise<Observed> {
  const [listed, networks, volumes] = await Promise.all([
    client.listContainers({ all: true, filters: { label: [`${LABELS.project}=${project.name}`] } }),
    client.listNetworks(),
    client.listVolumes(),
  ]);
  const inspected = await Promise.all(listed.map((one) => client.inspectContainer(one.Id)));
  const names = Object.entries(project.services).map(([name, service]) => imageOf(project, name, service.image, separator));
  const images = await Promise.all([...new Set(names)].map(async (name) => [name, await client.inspectImage(name)] as const));
  return {
    containers: inspected.flatMap((one) => (one === undefined ? [] : (observeContainer(one) ?? []))).sort((a, b) => a.service.localeCompare(b.service) || a.number - b.number),
    networks: new Map(networks.map((one) => [one.Name, one.Labels ?? {}])),
    volumes: new Map(volumes.map((one) => [one.Name, one.Labels ?? {}])),
    images: new Map(images.map(([name, image]) => [name, image?.Id])),
    imageVolumes: new Map(images.flatMap(([, image]) => (image === undefined ? [] : [[image.Id, Object.keys(image.Config.Volumes ?? {})] as const]))),
  };
}

export function observeContainer(inspect: ContainerInspect): ObservedContainer | undefined {
  const labels = inspect.Config.Labels ?? {};
  const service = labels[LABELS.service];
  if (service === undefined) return undefined;
  return {
    id: inspect.Id,
    name: inspect.Name.replace(/^\//, ''),
    service,
    number: Number(labels[LABELS.number] ?? 1),
    oneOff: labels[LABELS.oneOff]?.toLowerCase() === 'true',
    status: inspect.State.Status,
    health: inspect.State.Health?.Status ?? 'none',
    exitCode: inspect.State.ExitCode,
    configHash: labels[LABELS.configHash],
    imageId: inspect.Image,
    inspect,
  };
}
