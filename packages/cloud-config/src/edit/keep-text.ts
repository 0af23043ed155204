// Before a configuration is written again: 0644 is text where the schema wants text, not the number 420.

import type { ConfigNode, MapEntry, ScalarNode } from '@drover/yaml';
import { shapeOf, specOf } from '../schema/schema.ts';

/** The same node, with text where the type is text and YAML has made a number or a flag of it that is written otherwise. */
export function keepText<T extends ConfigNode>(node: T, type: string | undefined): T;
export function keepText(node: ConfigNode, type: string | undefined): ConfigNode {
  const shape = type === undefined ? undefined : shapeOf(type);
  switch (shape?.is) {
    case 'scalar': return node.kind === 'scalar' && typeof shape.read(node.text) === 'string' ? asText(node) : node;
    case 'command': case 'mount': return keepItems(node, 'string');
    case 'list': return keepItems(node, shape.of);
    case 'map': return keepEntries(node, () => shape.of);
    case 'object': return keepEntries(node, (key) => specOf(shape.keys, key.replaceAll('-', '_'))?.type);
    case 'service': case undefined: break;
  }
  return node;
}

function asText(node: ScalarNode): ScalarNode {
  return node.value === null || typeof node.value === 'string' || String(node.value) === node.text ? node : { ...node, value: node.text };
}

/** A lone value counts as an item. */
function keepItems(node: ConfigNode, type: string): ConfigNode {
  if (node.kind === 'scalar') return keepText(node, type);
  return node.kind === 'list' ? { ...node, items: node.items.map((item) => keepText(item, type)) } : node;
}

function keepEntries(node: ConfigNode, typeOf: (key: string) => string | undefined): ConfigNode {
  if (node.kind !== 'map') return node;
  const entries = Array.from(node.entries, ([key, entry]): [string, MapEntry] => [key, { ...entry, node: keepText(entry.node, typeOf(key)) }]);
  return { ...node, entries: new Map(entries) };
}
