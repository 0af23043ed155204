// A project as one compose file with nothing short or implied in it: what `docker compose config` prints.

import type { Value } from '@drover/yaml';
import { isList, isMap } from '@drover/yaml';
import { PROJECT } from '../schema/project-keys.ts';
import type { ObjectShape, Shape } from '../schema/shape.ts';
import type { Project } from './project.ts';
import { withoutUnused } from './without-unused.ts';
import type { Out } from './render-yaml.ts';
import { compareKeys, renderOut } from './render-yaml.ts';

/** Dollar signs are doubled, so that the outcome means the same when it is read again. */
export function renderConfig(project: Project): string {
  return renderOut(outOf(project)).replaceAll('$', '$$$$');
}

export function renderConfigJson(project: Project): string {
  return `${JSON.stringify(toPlain(outOf(project)), null, 2).replaceAll('$', '$$$$')}\n`;
}

function outOf(project: Project): Out {
  const { name, services, networks, volumes, secrets, configs, extensions } = withoutUnused(project);
  return outOfShape({ name, services, networks, volumes, secrets, configs, ...extensions } as unknown as Value, PROJECT);
}

/** The value as it is written: keys in the order of their table, nothing empty. */
export function outOfShape(value: Value, shape: Shape): Out {
  if (value === null) return null;
  switch (shape.kind) {
    case 'scalar': return shape.type === 'bytes' ? `${value as number}` : (value as Out);
    case 'mapping': return sortedMap(value, (inner) => inner as Out);
    case 'dict': return sortedMap(value, (inner) => outOfShape(inner, shape.of));
    case 'list': {
      const items = isList(value) ? value.map((item) => outOfShape(item, shape.of)) : [];
      return shape.unordered === true ? items.sort((a, b) => ((a as string) < (b as string) ? -1 : 1)) : items;
    }
    case 'object':
    default: return isMap(value) ? objectOut(value, shape) : (value as Out);
  }
}

function sortedMap(value: Value, out: (inner: Value) => Out): Out {
  if (!isMap(value)) return new Map();
  return new Map(Object.keys(value).sort(compareKeys).map((key) => [key, out(value[key]!)]));
}

function objectOut(value: Readonly<Record<string, Value>>, shape: ObjectShape): Out {
  const entries = new Map<string, Out>();
  for (const [key, of] of Object.entries(shape.keys)) {
    const inner = value[key];
    if (inner === undefined || inner === null || of.hidden === true) continue;
    const out = outOfShape(inner, of);
    if (of.kept === true || !isEmptyOut(out, of)) entries.set(key, out);
  }
  const own = Object.keys(value).filter((key) => !Object.hasOwn(shape.keys, key)).sort(compareKeys);
  for (const key of own) entries.set(key, plainOut(value[key]!));
  return entries;
}

function plainOut(value: Value): Out {
  if (isList(value)) return value.map(plainOut);
  return isMap(value) ? sortedMap(value, plainOut) : value;
}

/** What Go leaves out; as isEmptyOut, without writing a long list first. */
export function isEmptyValue(value: Value, shape: Shape): boolean {
  return isList(value) ? value.length === 0 : isEmptyOut(outOfShape(value, shape), shape);
}

function isEmptyOut(out: Out, shape: Shape): boolean {
  if (shape.kind === 'scalar' && ((shape.type === 'bytes' && out === '0') || (shape.type === 'duration' && out === '0s'))) return true;
  return out === '' || out === 0 || out === false || (Array.isArray(out) && out.length === 0) || (out instanceof Map && out.size === 0);
}

function toPlain(out: Out): unknown {
  if (out instanceof Map) return Object.fromEntries([...(out as ReadonlyMap<string, Out>)].map(([key, inner]) => [key, toPlain(inner)]));
  return Array.isArray(out) ? (out as readonly Out[]).map(toPlain) : out;
}
