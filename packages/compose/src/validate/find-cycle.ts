import type { Project } from '../model/project.ts';

/** Services that depend on each other in a circle, the first one again at the end; undefined when there are none. */
export function findCycle(project: Pick<Project, 'services'>): readonly string[] | undefined {
  const done = new Set<string>();
  const dependenciesOf = (name: string): string[] => Object.keys(project.services[name]?.depends_on ?? {});
  for (const start of Object.keys(project.services)) {
    // Without recursion: a chain may be longer than the stack.
    const trail: { readonly name: string; readonly left: string[] }[] = [];
    const onTrail = new Set<string>();
    const enter = (name: string): void => {
      trail.push({ name, left: dependenciesOf(name) });
      onTrail.add(name);
    };
    if (!done.has(start)) enter(start);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.left.shift();
      if (next === undefined) {
        done.add(top.name);
        onTrail.delete(top.name);
        trail.pop();
      } else if (onTrail.has(next)) {
        return [...trail.slice(trail.findIndex((one) => one.name === next)).map((one) => one.name), next];
      } else if (!done.has(next)) {
        enter(next);
      }
    }
  }
  return undefined;
}
