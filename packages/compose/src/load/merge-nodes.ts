// What two files say about the same thing, as one; the later one wins. How each key is merged stands in its shape.

import type { ConfigNode, ListNode, MapEntry, MapNode } from '@drover/yaml';
import type { ListShape, Shape } from '../schema/shape.ts';
import { isExtension } from '../schema/shape.ts';
import { OVERRIDE, RESET } from './nodes.ts';

/** Both in their long form. Undefined when `over` takes away what was there. */
export function mergeNodes(base: ConfigNode | undefined, over: ConfigNode, shape: Shape | undefined): ConfigNode | undefined {
  if (over.tag === RESET) return undefined;
  if (base === undefined || over.tag === OVERRIDE || shape === undefined || shape.replace === true) return withoutResets(over);
  if (over.kind === 'scalar' && over.value === null) return base;
  if (over.kind === 'list' && base.kind === 'list' && shape.kind === 'list') return mergeLists(base, over, shape);
  if (over.kind !== 'map' || base.kind !== 'map') return withoutResets(over);
  if (shape.kind === 'object' && shape.mergeable?.(base, over) === false) return withoutResets(over);
  return mergeMaps(base, over, (key) => shapeOf(shape, key));
}

function shapeOf(shape: Shape, key: string): Shape | undefined {
  if (shape.kind === 'dict') return shape.of;
  return shape.kind === 'object' && !isExtension(key) && Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
}

function mergeMaps(base: MapNode, over: MapNode, shapeFor: (key: string) => Shape | undefined): MapNode {
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [key, entry] of over.entries) {
    const merged = mergeNodes(base.entries.get(key)?.node, entry.node, shapeFor(key));
    if (merged === undefined) entries.delete(key);
    else entries.set(key, { ...entry, node: merged });
  }
  return { ...base, entries };
}

function mergeLists(base: ListNode, over: ListNode, shape: ListShape): ListNode {
  const items = [...base.items];
  const { identity } = shape;
  const places = new Map(identity === undefined ? [] : items.map((item, at) => [identity(item), at]));
  for (const item of over.items) {
    if (item.tag === RESET) continue;
    const key = identity?.(item);
    const at = key === undefined ? undefined : places.get(key);
    if (at !== undefined) items[at] = (shape.mergeItems === true ? mergeNodes(items[at], item, shape.of) : undefined) ?? item;
    else if (key !== undefined) places.set(key, items.push(item) - 1);
    else items.push(item);
  }
  return { ...base, items };
}

/** There is nothing that a tag could take away: it only means itself. A tree without tags is returned as it is. */
export function withoutResets(node: ConfigNode): ConfigNode | undefined {
  if (node.tag === RESET) return undefined;
  if (!hasTags(node)) return node;
  if (node.kind === 'list') return untagged({ ...node, items: node.items.flatMap((item) => withoutResets(item) ?? []) });
  if (node.kind !== 'map') return untagged(node);
  const entries = new Map<string, MapEntry>();
  for (const [key, entry] of node.entries) {
    const kept = withoutResets(entry.node);
    if (kept !== undefined) entries.set(key, { ...entry, node: kept });
  }
  return untagged({ ...node, entries });
}

function hasTags(node: ConfigNode): boolean {
  if (node.tag !== undefined) return true;
  if (node.kind === 'list') return node.items.some(hasTags);
  if (node.kind === 'map') for (const { node: inner } of node.entries.values()) if (hasTags(inner)) return true;
  return false;
}

function untagged<N extends ConfigNode>(node: N): N {
  if (node.tag === undefined) return node;
  const { tag: _, ...rest } = node;
  return rest as N;
}
