// Variables in all values of a file; its keys stay as they are.

import type { ConfigNode, MapEntry } from '@drover/yaml';
import { placeOf } from '@drover/yaml';
import type { ComposeProblem } from '../problem.ts';
import type { Lookup } from './substitute.ts';
import { substitute } from './substitute.ts';

export function interpolate(node: ConfigNode, lookup: Lookup, problems: ComposeProblem[]): ConfigNode {
  const warned = new Set<string>();
  const visit = (at: ConfigNode): ConfigNode => {
    if (at.kind === 'list') return { ...at, items: at.items.map(visit) };
    if (at.kind === 'map') {
      const entries = new Map<string, MapEntry>();
      for (const [key, entry] of at.entries) entries.set(key, { ...entry, node: visit(entry.node) });
      return { ...at, entries };
    }
    if (typeof at.value !== 'string' || !at.value.includes('$')) return at;
    const { text, unset, error } = substitute(at.value, lookup);
    const place = placeOf(at.source, at.offset);
    if (error !== undefined) problems.push({ ...error, severity: 'error', ...place, hint: error.code === 'bad-variable' ? 'write $$ for a dollar sign' : 'set it in the environment or in .env' });
    for (const name of unset) {
      if (warned.has(name)) continue;
      warned.add(name);
      problems.push({ code: 'unset-variable', severity: 'warning', message: `The "${name}" variable is not set. Defaulting to a blank string.`, ...place, hint: `write \${${name}:-} when that is meant` });
    }
    return { ...at, value: text, text };
  };
  return visit(node);
}
