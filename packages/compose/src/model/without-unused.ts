// Networks, volumes, secrets and configs that no service uses are not made, and not rendered.

import type { Project } from './project.ts';
import type { Service } from './service.ts';

export function withoutUnused(project: Project): Project {
  const services = Object.values(project.services);
  const named = (names: (service: Service) => readonly (string | undefined)[]): ReadonlySet<string | undefined> => new Set(services.flatMap(names));
  return {
    ...project,
    networks: pick(project.networks, named((one) => Object.keys(one.networks ?? {}))),
    volumes: pick(project.volumes, named((one) => (one.volumes ?? []).map((mount) => mount.source))),
    secrets: pick(project.secrets, named((one) => [...(one.secrets ?? []), ...(one.build?.secrets ?? [])].map((mount) => mount.source))),
    configs: pick(project.configs, named((one) => (one.configs ?? []).map((mount) => mount.source))),
  };
}

function pick<T>(entries: Readonly<Record<string, T>>, names: ReadonlySet<string | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => names.has(name)));
}
