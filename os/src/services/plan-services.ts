// Which service starts after which, and what System Docker is asked to create. Pure: nothing is touched here.

import type { ContainerCreateBody } from '@drover/docker-api';
import type { Problem } from '@drover/core';
import { lookUpEnvironment } from '@drover/cloud-config';
import { LABEL } from '../names.ts';
import type { ServiceDefinition, Services } from './service.ts';

/** Name -> names that must have been started before it. Unknown names and cycles are reported and left out. */
export function planDependencies(services: Services): { readonly dependencies: ReadonlyMap<string, readonly string[]>; readonly problems: readonly Problem[] } {
  const edges = new Map<string, Set<string>>(Object.keys(services).map((name) => [name, new Set()]));
  const problems: Problem[] = [];
  for (const [name, service] of Object.entries(services)) {
    for (const other of names(service.labels?.[LABEL.after])) edges.get(name)!.add(other);
    for (const other of names(service.labels?.[LABEL.before])) edges.get(other)?.add(name);
  }
  const dependencies = new Map<string, string[]>();
  for (const [name, others] of edges) {
    const kept: string[] = [];
    for (const other of others) {
      if (!edges.has(other)) continue; // RancherOS ignores names of services that are not there
      if (!reaches(dependencies, other, name)) kept.push(other);
      else problems.push({ code: 'service-cycle', severity: 'warning', source: 'services', key: name, message: `${name} cannot start after ${other}, which starts after it; the order is left open` });
    }
    dependencies.set(name, kept);
  }
  return { dependencies, problems };
}

function names(label: string | undefined): string[] {
  return (label ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
}

function reaches(edges: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  if (from === to) return true;
  return (edges.get(from) ?? []).some((next) => reaches(edges, next, to));
}

/** Names without a value get theirs from `known`; those that it does not know are left out. */
export function fillEnvironment(services: Services, known: ReadonlyMap<string, string>): Services {
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, service.environment === undefined ? service : { ...service, environment: lookUpEnvironment(service.environment, name, known) }]),
  );
}

export function renderOrder(dependencies: ReadonlyMap<string, readonly string[]>): string {
  return [...dependencies].map(([name, others]) => `${name}${others.length === 0 ? '' : ` after ${others.join(', ')}`}\n`).join('');
}

/** What the container is created from; `hash` goes into a label and tells later boots whether anything changed. */
export function renderCreateBody(name: string, service: ServiceDefinition, hash: string): ContainerCreateBody {
  return {
    Image: service.image,
    ...(service.command && { Cmd: service.command }),
    ...(service.environment && { Env: service.environment }),
    Labels: { ...service.labels, [LABEL.configHash]: hash, [LABEL.composeService]: name, [LABEL.composeProject]: 'os' },
    HostConfig: {
      Binds: service.volumes ?? [],
      Tmpfs: Object.fromEntries((service.tmpfs ?? []).map((target) => [target, ''])),
      NetworkMode: service.net ?? 'host',
      Privileged: service.privileged ?? false,
      CapAdd: service.cap_add ?? [],
      PidMode: service.pid ?? '',
      IpcMode: service.ipc ?? '',
      UTSMode: service.uts ?? '',
      // A system service sees the machine's control groups: User Docker makes its own below them.
      CgroupnsMode: service.privileged === true ? 'host' : 'private',
      ReadonlyRootfs: service.read_only ?? false,
      RestartPolicy: { Name: service.restart ?? 'no', MaximumRetryCount: 0 },
      OomScoreAdj: service.oom_score_adj ?? 0,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '25m', 'max-file': '2' } },
    },
  };
}

/** What to do about a container of the same name that an earlier boot left behind. */
export type Decision = 'create' | 'recreate' | 'keep';

export function decide(service: ServiceDefinition, hash: string, imageId: string, existing: { readonly hash: string | undefined; readonly imageId: string } | undefined): Decision {
  if (existing === undefined) return 'create';
  if (service.labels?.[LABEL.rebuild] === 'always') return 'recreate';
  return existing.hash === hash && existing.imageId === imageId ? 'keep' : 'recreate';
}
