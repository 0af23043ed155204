import type { Project } from '../model/project.ts';

/** Services that depend on each other in a circle, the first one again at the end; undefined when there are none. */
export function findCycle(project: Pick<Project, 'services'>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): readonly string[] | undefined => {
    const before = trail.indexOf(name);
    if (before >= 0) return [...trail.slice(before), name];
    if (done.has(name)) return undefined;
    for (const dependency of Object.keys(project.services[name]?.depends_on ?? {})) {
      const cycle = visit(dependency, [...trail, name]);
      if (cycle !== undefined) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(project.services)) {
    const cycle = visit(name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
