// The language that the tables of keys are written in. A shape says what a value may look like, which long form a short
// form stands for, how two values of it are merged, and when it is left out of the rendered file. One table serves the
// check, the merge and the rendering: nothing about a key is said twice.

import type { ConfigNode, MapNode } from '@drover/yaml';
import type { Canonical } from '../validate/canonical.ts';

/**
 * `bytes`: a number or 10, 10k, 10mb... `duration`: 1m30s. `numeral`: text that may be written as a number.
 * `count`: a whole number, or -1 for `all`.
 */
export type ScalarType = 'text' | 'numeral' | 'integer' | 'number' | 'flag' | 'bytes' | 'duration' | 'count' | 'any';

/** What a path in a value is relative to the folder of its file; `context` may also be a URL or `service:NAME`. */
export type PathKind = 'file' | 'context';

interface ShapeBase {
  /** The long form of what is written in a short one. */
  readonly long?: (node: ConfigNode, canonical: Canonical) => ConfigNode | undefined;
  /** Merging takes the later value as it is. */
  readonly replace?: boolean;
  /** Rendered even when it is empty, zero or false. */
  readonly kept?: boolean;
  /** Its name in the JSON that is hashed, when that is another one. */
  readonly jsonKey?: string;
  /** In that JSON it is null when it is absent. */
  readonly jsonNull?: boolean;
  /** Docker Compose knows the key and renders it nowhere. */
  readonly hidden?: boolean;
}

export interface ScalarShape extends ShapeBase {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  readonly oneOf?: readonly string[];
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly path?: PathKind;
  readonly nullable?: boolean;
}

export interface ListShape extends ShapeBase {
  readonly kind: 'list';
  readonly of: Shape;
  /** Of two items with the same identity, the later one counts. */
  readonly identity?: (item: ConfigNode) => string;
  /** Two items with the same identity become one with the keys of both. */
  readonly mergeItems?: boolean;
  /** The items that one item stands for, in their long form already unless it is the item itself. */
  readonly spread?: (item: ConfigNode, canonical: Canonical) => readonly ConfigNode[];
  /** The order of its items means nothing; they are rendered in the order of the alphabet. */
  readonly unordered?: boolean;
  /** Empty items are left out. */
  readonly dropEmpty?: boolean;
}

/** `KEY: value` or `- KEY=value`, values being scalars. */
export interface MappingShape extends ShapeBase {
  readonly kind: 'mapping';
  /** What a key without a value has. */
  readonly bare: 'null' | 'empty';
}

/** Names that the user chooses, each with a value of one shape. */
export interface DictShape extends ShapeBase {
  readonly kind: 'dict';
  readonly of: Shape;
  /** A name alone stands for a value of nothing. */
  readonly nullable?: boolean;
}

export interface ObjectShape extends ShapeBase {
  readonly kind: 'object';
  /** In the order in which they are rendered. */
  readonly keys: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** A value of this shape may stand in its place (ulimits: a number). */
  readonly or?: ScalarShape;
  /** Last, with all its keys in long form. */
  readonly finish?: (node: MapNode, canonical: Canonical) => MapNode;
  /** When false, merging takes the later one whole. */
  readonly mergeable?: (base: MapNode, over: MapNode) => boolean;
}

export type Shape = ScalarShape | ListShape | MappingShape | DictShape | ObjectShape;

export const text: ScalarShape = { kind: 'scalar', type: 'text' };
export const numeral: ScalarShape = { kind: 'scalar', type: 'numeral' };
export const integer: ScalarShape = { kind: 'scalar', type: 'integer' };
export const number: ScalarShape = { kind: 'scalar', type: 'number' };
export const flag: ScalarShape = { kind: 'scalar', type: 'flag' };
export const bytes: ScalarShape = { kind: 'scalar', type: 'bytes' };
export const duration: ScalarShape = { kind: 'scalar', type: 'duration' };
export const path: ScalarShape = { kind: 'scalar', type: 'text', path: 'file' };

export function oneOf(...words: readonly string[]): ScalarShape {
  return { kind: 'scalar', type: 'text', oneOf: words };
}

/** An object is rendered even when it is empty, unless it is loose. */
export function loose<S extends Shape>(shape: S): S {
  return { ...shape, kept: false };
}

/** Rendered even when it is empty. */
export function kept<S extends Shape>(shape: S): S {
  return { ...shape, kept: true };
}

export function object(keys: Readonly<Record<string, Shape>>, more: Omit<ObjectShape, 'kind' | 'keys'> = {}): ObjectShape {
  return { kind: 'object', kept: true, keys, ...more };
}

export function list(of: Shape, more: Omit<ListShape, 'kind' | 'of'> = {}): ListShape {
  return { kind: 'list', of, ...more };
}

export function dict(of: Shape, more: Omit<DictShape, 'kind' | 'of'> = {}): DictShape {
  return { kind: 'dict', of, ...more };
}

/** Keys of the user's own, which nothing looks into. */
export function isExtension(key: string): boolean {
  return key.startsWith('x-');
}
