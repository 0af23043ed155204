// Making and changing nodes: each keeps the place of the node that it stands for.

import type { ConfigNode, ListNode, MapEntry, MapNode, Scalar, ScalarNode } from '@drover/yaml';

/** In front of a value: the key is taken out of what was there before; the value replaces what was there before. */
export const RESET = '!reset';
export const OVERRIDE = '!override';

type At = Pick<ConfigNode, 'source' | 'offset'>;

export function scalarNode(value: Scalar, at: At): ScalarNode {
  return { kind: 'scalar', value, text: value === null ? '' : String(value), source: at.source, offset: at.offset };
}

export function listNode(items: readonly ConfigNode[], at: At): ListNode {
  return { kind: 'list', items, source: at.source, offset: at.offset };
}

export function mapNode(entries: ReadonlyMap<string, MapEntry>, at: At): MapNode {
  return { kind: 'map', entries, source: at.source, offset: at.offset };
}

/** A map of nodes that all have the place of `at`; undefined values are left out. */
export function mapOf(values: Readonly<Record<string, Scalar | ConfigNode | undefined>>, at: At): MapNode {
  const entries = new Map<string, MapEntry>();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const node = typeof value === 'object' && value !== null ? value : scalarNode(value, at);
    entries.set(key, { node, offset: at.offset });
  }
  return mapNode(entries, at);
}

export function child(node: ConfigNode | undefined, key: string): ConfigNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.node : undefined;
}

/** The text of a scalar below a map, or undefined. */
export function childText(node: ConfigNode | undefined, key: string): string | undefined {
  const found = child(node, key);
  return found?.kind === 'scalar' && found.value !== null ? found.text : undefined;
}

/** The map with `key` set, or taken out when the value is undefined. */
export function withKey(map: MapNode, key: string, value: ConfigNode | undefined): MapNode {
  const entries = new Map(map.entries);
  if (value === undefined) entries.delete(key);
  else entries.set(key, { offset: map.entries.get(key)?.offset ?? value.offset, node: value });
  return { ...map, entries };
}

/** YAML 1.2 reads yes, no, on and off as text; the reader knows the older meaning. */
export function isTrueOrFalse(node: ScalarNode): boolean {
  return typeof node.value === 'boolean' && /^(true|false)$/i.test(node.text);
}
