// Layers on top of each other: maps merge key by key, everything else (lists, scalars, null) is replaced as a whole.

import type { ConfigNode, MapEntry, MapNode } from '@drover/yaml';

/** Each node of the result is a node of one of the two, so its source says where the value comes from. */
export function mergeTrees(lower: MapNode, upper: MapNode): MapNode {
  if (lower.entries.size === 0) return upper;
  if (upper.entries.size === 0) return lower;
  const entries = new Map<string, MapEntry>(lower.entries);
  for (const [key, entry] of upper.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? entry : { ...entry, node: mergeNodes(below.node, entry.node) });
  }
  return { ...upper, entries };
}

function mergeNodes(lower: ConfigNode, upper: ConfigNode): ConfigNode {
  return lower.kind === 'map' && upper.kind === 'map' ? mergeTrees(lower, upper) : upper;
}
