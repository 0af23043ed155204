// Which services a command is about, and their order.

import { closestName, RosError } from '@drover/core';
import type { Project } from '../model/project.ts';

/** Throws `no-such-service`. No names: all. */
export function selectServices(project: Project, names: readonly string[], dependencies: boolean): readonly string[] {
  for (const name of names) {
    if (name in project.services || name in project.disabledServices) continue;
    const close = closestName(name, Object.keys(project.services));
    throw new RosError('no-such-service', `no such service: ${name}`, close === undefined ? {} : { hint: `did you mean ${close}?` });
  }
  if (names.length === 0) return Object.keys(project.services);
  const selected = new Set<string>();
  const add = (name: string): void => {
    if (selected.has(name) || project.services[name] === undefined) return;
    selected.add(name);
    if (dependencies) Object.keys(project.services[name].depends_on ?? {}).forEach(add);
  };
  names.forEach(add);
  return Object.keys(project.services).filter((name) => selected.has(name));
}

/** Each after those that it depends on. */
export function inDependencyOrder(project: Pick<Project, 'services'>, names: readonly string[]): readonly string[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    if (ordered.has(name)) return;
    for (const dependency of Object.keys(project.services[name]?.depends_on ?? {})) if (names.includes(dependency)) visit(dependency);
    ordered.add(name);
  };
  names.forEach(visit);
  return [...ordered];
}

export function dependentsOf(project: Pick<Project, 'services'>, name: string): readonly string[] {
  return Object.entries(project.services).flatMap(([other, service]) => (service.depends_on?.[name] === undefined ? [] : [other]));
}
