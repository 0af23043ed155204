import type { ScalarType, Shape } from '../schema/shape.ts';

const SCALARS: Readonly<Record<ScalarType, string>> = {
  text: 'a string', numeral: 'a string, or a number', integer: 'an integer', number: 'a number', flag: 'a boolean',
  bytes: 'a number, or a string', duration: 'a string', count: 'an integer, or "all"', any: 'a single value',
};

/** "an array": what a value of this shape should be. */
export function describeShape(shape: Shape): string {
  switch (shape.kind) {
    case 'scalar': return SCALARS[shape.type];
    case 'list': return shape.long === undefined ? 'an array' : 'a string, or an array';
    case 'mapping': return 'an object, or an array';
    case 'dict': return shape.long === undefined ? 'an object' : 'an array, or an object';
    case 'object':
    default: return shape.long === undefined ? 'an object' : 'a string, or an object';
  }
}
