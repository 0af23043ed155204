// From a checked tree to the typed configuration: text becomes what the schema says, and defaults fill the gaps.

import { isMap, toValue } from '@drover/yaml';
import type { ConfigNode, MapNode, Value } from '@drover/yaml';
import type { ObjectSpec } from '../schema/key-spec.ts';
import type { ScalarType } from '../schema/scalar-types.ts';
import { shapeOf } from '../schema/schema.ts';
import type { Configuration } from '../schema/schema.ts';

/** Total: what does not fit the schema counts as not given. `tree` should come from checkTree, which says so. */
export function readConfiguration(tree: MapNode): Configuration {
  // The type is computed from the same tables that drive readValue.
  return readValue('root', tree, undefined) as Configuration;
}

function readValue(type: string, node: ConfigNode | undefined, fallback: Value | undefined): unknown {
  const shape = shapeOf(type);
  switch (shape.is) {
    case 'scalar': return readScalar(shape, node, fallback);
    case 'object': return readObject(shape.keys, node, isMap(fallback) ? fallback : {});
    case 'map': return readMap(shape.of, node, isMap(fallback) ? fallback : {});
    case 'list': {
      if (node === undefined) return fallback ?? [];
      return node.kind === 'list' ? node.items.map((item) => readValue(shape.of, item, undefined)).filter((item) => item !== undefined) : [];
    }
    case 'command': return node?.kind === 'scalar' ? node.text : textsOf(node);
    case 'mount': return textsOf(node);
    case 'service': return node?.kind === 'map' ? toValue(node) : undefined;
    default: return undefined;
  }
}

/** An explicit null is the zero value of its type, which is not always the default. */
function readScalar(type: ScalarType<unknown>, node: ConfigNode | undefined, fallback: Value | undefined): unknown {
  if (node?.kind !== 'scalar') return fallback;
  if (node.value !== null) return type.read(node.text) ?? fallback;
  return typeof fallback === 'string' ? '' : typeof fallback === 'number' ? 0 : typeof fallback === 'boolean' ? false : undefined;
}

function readObject(keys: ObjectSpec, node: ConfigNode | undefined, defaults: Readonly<Record<string, Value>>): unknown {
  const entries = node?.kind === 'map' ? node.entries : undefined;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(keys)) {
    const spec = keys[key]!;
    const value = readValue(spec.type, entries?.get(key)?.node, defaults[key] ?? spec.default);
    if (value !== undefined) out[key] = value;
  }
  return out;
}

/** Names that are given as null fall away, also from the defaults. */
function readMap(type: string, node: ConfigNode | undefined, defaults: Readonly<Record<string, Value>>): unknown {
  if (node === undefined) return defaults;
  if (node.kind !== 'map') return {};
  const out: Record<string, unknown> = { ...defaults };
  for (const [key, entry] of node.entries) {
    const cleared = entry.node.kind === 'scalar' && entry.node.value === null;
    const value = cleared ? undefined : readValue(type, entry.node, undefined);
    if (value === undefined) delete out[key];
    else out[key] = value;
  }
  return out;
}

function textsOf(node: ConfigNode | undefined): string[] {
  return node?.kind === 'list' ? node.items.map((item) => (item.kind === 'scalar' ? item.text : '')) : [];
}
