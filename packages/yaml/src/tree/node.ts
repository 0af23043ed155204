// A configuration as it was written: values with the text they came from, and where each stands. Layers are trees of
// this kind, and so is their merge: a node keeps its source, which is how the origin of a value stays known.

import type { Scalar, Value } from './value.ts';
import { isList, isMap } from './value.ts';

/** Where text came from. `lineStarts` has the offset of each line's first character; none for a text without lines. */
export interface Source {
  readonly name: string;
  readonly lineStarts?: readonly number[];
}

interface NodeBase {
  readonly source: Source;
  /** Of the value's first character. */
  readonly offset: number;
  /** `!NAME` in front of it, when the reader was told that NAME means something. */
  readonly tag?: string;
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  /** Typed as YAML 1.1 does; a key with a type of its own goes by `text` instead. */
  readonly value: Scalar;
  readonly text: string;
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
}

export interface MapEntry {
  readonly node: ConfigNode;
  /** Of the key, in the source of the node. */
  readonly offset: number;
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export type ConfigNode = ScalarNode | ListNode | MapNode;

export interface Place {
  readonly source: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

export function placeOf(source: Source, offset: number): Place {
  const starts = source.lineStarts;
  if (starts === undefined || starts.length === 0) return { source: source.name };
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { source: source.name, line: low + 1, column: offset - starts[low]! + 1 };
}

/** A tree with nothing in it. */
export function emptyTree(source: Source): MapNode {
  return { kind: 'map', entries: new Map(), source, offset: 0 };
}

/** "a list", "a map", "nothing", or "a value". */
export function kindOf(node: ConfigNode): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  return node.value === null ? 'nothing' : 'a value';
}

/** The value without its places. */
export function toValue(node: ConfigNode): Value {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toValue);
  const out: Record<string, Value> = {};
  for (const [key, entry] of node.entries) out[key] = toValue(entry.node);
  return out;
}

/** The node of a value that was not written anywhere: all of it has the same place. */
export function fromValue(value: Value, source: Source, offset = 0): ConfigNode {
  if (isList(value)) return { kind: 'list', items: value.map((item) => fromValue(item, source, offset)), source, offset };
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, inner]): [string, MapEntry] => [key, { node: fromValue(inner, source, offset), offset }]);
    return { kind: 'map', entries: new Map(entries), source, offset };
  }
  return { kind: 'scalar', value, text: value === null ? '' : String(value), source, offset };
}

/** Undefined when a part of the path is missing or is not a map. */
export function getNode(tree: ConfigNode, path: readonly string[]): ConfigNode | undefined {
  let at: ConfigNode | undefined = tree;
  for (const part of path) {
    if (at?.kind !== 'map') return undefined;
    at = at.entries.get(part)?.node;
  }
  return at;
}

/** Would change the prototype of a plain object; no configuration needs it. */
export function isForbiddenKey(key: string): boolean {
  return key === '__proto__';
}
