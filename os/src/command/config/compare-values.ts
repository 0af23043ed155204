// Which values of two configurations differ.

import { isMap } from '@drover/yaml';
import type { Value } from '@drover/yaml';

/** Every value by its path, as JSON: names may have dots in them. Lists and empty maps are one value. */
export function flatten(value: Value, path: readonly string[] = [], into: Map<string, Value> = new Map()): ReadonlyMap<string, Value> {
  if (isMap(value) && (Object.keys(value).length > 0 || path.length === 0)) for (const [key, inner] of Object.entries(value)) flatten(inner, [...path, key], into);
  else into.set(JSON.stringify(path), value);
  return into;
}

/** Paths, as JSON, whose values differ, or that only one of the two has. */
export function listDifferences(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => JSON.stringify(before.get(path)) !== JSON.stringify(after.get(path)));
}

export function listChangedPaths(before: Value, after: Value): string[][] {
  return listDifferences(flatten(before), flatten(after)).map((path) => JSON.parse(path) as string[]);
}
