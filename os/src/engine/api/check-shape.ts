// Whether a JSON body has the types that the API says, told in the words that Go's decoder has for it. null and absence
// are always right; unknown fields are ignored.

import { apiError } from '../api-error.ts';

export type Shape =
  | 'any' | 'string' | 'number' | 'bool'
  /** A list of words, or one as text. */
  | 'words'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** Throws `invalid-parameter`. `what`: how messages call the whole. */
export function checkShape(value: unknown, shape: Shape, what: string): void {
  if (value === null || value === undefined || shape === 'any') return;
  const refuse = (): Error => apiError('invalid-parameter', `json: cannot unmarshal ${kindOf(value)} into Go struct field ${what} of type ${typeName(shape)}`);
  if (typeof shape === 'string') {
    const isRight = shape === 'words' ? typeof value === 'string' || isTextList(value) : kindOf(value) === shape;
    if (!isRight) throw refuse();
  } else if ('list' in shape) {
    if (!Array.isArray(value) || value.includes(null)) throw refuse();
    for (const one of value as readonly unknown[]) checkShape(one, shape.list, what);
  } else {
    if (kindOf(value) !== 'object') throw refuse();
    for (const [name, one] of Object.entries(value)) checkShape(one, 'map' in shape ? shape.map : (shape.fields[name] ?? 'any'), `${what}.${name}`);
  }
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Go's names. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function typeName(shape: Shape): string {
  if (shape === 'number') return 'int64';
  if (shape === 'words') return 'strslice.StrSlice';
  if (typeof shape === 'string') return shape;
  if ('list' in shape) return `[]${typeName(shape.list)}`;
  return 'map' in shape ? `map[string]${typeName(shape.map)}` : 'struct';
}
