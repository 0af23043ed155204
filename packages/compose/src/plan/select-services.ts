// Which services a command is about.

import { closestName, RosError } from '@drover/core';
import { withDependencies } from '../model/dependency-order.ts';
import type { Project } from '../model/project.ts';

/** In the project's order. Throws `no-such-service`. No names: all. */
export function selectServices(project: Project, names: readonly string[], dependencies: boolean): readonly string[] {
  for (const name of names) {
    if (Object.hasOwn(project.services, name) || Object.hasOwn(project.disabledServices, name)) continue;
    const close = closestName(name, Object.keys(project.services));
    throw new RosError('no-such-service', `no such service: ${name}`, close === undefined ? {} : { hint: `did you mean ${close}?` });
  }
  const all = Object.keys(project.services);
  if (names.length === 0) return all;
  const selected = dependencies ? withDependencies(project, names) : new Set(names);
  return all.filter((name) => selected.has(name));
}
