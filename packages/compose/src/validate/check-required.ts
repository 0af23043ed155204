// Keys that must be there once all files are merged.

import type { ConfigNode } from '@drover/yaml';
import { placeOf } from '@drover/yaml';
import type { ComposeProblem } from '../problem.ts';
import type { Shape } from '../schema/shape.ts';

export function checkRequired(node: ConfigNode, shape: Shape, path: readonly string[] = []): ComposeProblem[] {
  if (node.kind === 'list') return shape.kind === 'list' ? node.items.flatMap((item, i) => checkRequired(item, shape.of, [...path, String(i)])) : [];
  if (node.kind !== 'map') return [];
  const problems: ComposeProblem[] = [];
  if (shape.kind === 'object') {
    for (const key of shape.required ?? []) {
      if (node.entries.has(key)) continue;
      const service = path[0] === 'services' ? path[1] : undefined;
      problems.push({ code: 'missing-key', severity: 'error', message: `${path.join('.')}: ${key} is required`, ...placeOf(node.source, node.offset), key: path.join('.'), ...(service !== undefined && { service }) });
    }
  }
  for (const [key, entry] of node.entries) {
    const inner = shape.kind === 'dict' ? shape.of : shape.kind === 'object' ? shape.keys[key] : undefined;
    if (inner !== undefined && entry.node.kind !== 'scalar') problems.push(...checkRequired(entry.node, inner, [...path, key]));
  }
  return problems;
}
