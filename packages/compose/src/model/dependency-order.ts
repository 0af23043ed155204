// Which service comes before which.

import type { Project } from './project.ts';

type Services = Pick<Project, 'services'>;

export interface DependencyOrder {
  /** Each after those that it depends on. */
  readonly ordered: readonly string[];
  /** Services that depend on each other in a circle, the first one again at the end. */
  readonly cycle: readonly string[] | undefined;
}

/** Of these services; what they depend on besides is left out. Without recursion: a chain may be longer than the stack. */
export function dependencyOrder({ services }: Services, names: readonly string[]): DependencyOrder {
  const wanted = new Set(names);
  const ordered = new Set<string>();
  const trail: { readonly name: string; readonly dependencies: readonly string[]; next: number }[] = [];
  const onTrail = new Set<string>();
  let cycle: readonly string[] | undefined;
  const enter = (name: string): void => {
    trail.push({ name, dependencies: Object.keys(services[name]?.depends_on ?? {}), next: 0 });
    onTrail.add(name);
  };
  for (const start of names) {
    if (!ordered.has(start)) enter(start);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const dependency = top.dependencies[top.next];
      top.next += 1;
      if (dependency === undefined) {
        ordered.add(top.name);
        onTrail.delete(top.name);
        trail.pop();
      } else if (onTrail.has(dependency)) {
        cycle ??= [...trail.slice(trail.findIndex((one) => one.name === dependency)).map((one) => one.name), dependency];
      } else if (wanted.has(dependency) && !ordered.has(dependency)) {
        enter(dependency);
      }
    }
  }
  return { ordered: [...ordered], cycle };
}

/** With all that they depend on, directly or not. */
export function withDependencies({ services }: Services, names: readonly string[]): ReadonlySet<string> {
  const found = new Set(names.filter((name) => Object.hasOwn(services, name)));
  // A set that grows while it is gone through.
  for (const name of found) for (const dependency of Object.keys(services[name]!.depends_on ?? {})) if (Object.hasOwn(services, dependency)) found.add(dependency);
  return found;
}

/** By service, those that depend on it directly. */
export function dependentsByService({ services }: Services): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const [name, service] of Object.entries(services)) {
    for (const dependency of Object.keys(service.depends_on ?? {})) {
      const known = dependents.get(dependency);
      if (known === undefined) dependents.set(dependency, [name]);
      else known.push(name);
    }
  }
  return dependents;
}
