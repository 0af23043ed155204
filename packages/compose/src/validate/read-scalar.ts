// A single value as its type wants it. Text in place of a number or a flag is read as one, because interpolation only
// gives text: `cpus: ${CPUS}`.

import type { Scalar, ScalarNode } from '@drover/yaml';
import { isTrueOrFalse } from '../load/nodes.ts';
import type { ScalarShape, ScalarType } from '../schema/shape.ts';
import { parseBytes } from './parse-bytes.ts';
import { formatDuration, parseDuration } from './parse-duration.ts';
import { formatGoFloat } from './format-go-float.ts';

interface ReadScalar {
  readonly value: Scalar;
  /** 'type', or a predicate about the key: "must be ...". */
  readonly wrong?: string;
  readonly hint?: string;
}

const WRONG_TYPE: ReadScalar = { value: null, wrong: 'type' };

export function readScalar(node: ScalarNode, shape: ScalarShape): ReadScalar {
  const value = typeof node.value === 'boolean' && !isTrueOrFalse(node) ? node.text : node.value;
  if (value === null) return shape.nullable === true ? { value: null } : WRONG_TYPE;
  const read = READERS[shape.type](value, node.text);
  if (read.wrong !== undefined) return read;
  if (shape.oneOf !== undefined && !shape.oneOf.includes(String(read.value))) {
    return { value: null, wrong: `must be one of ${shape.oneOf.join(', ')}, not ${JSON.stringify(read.value)}` };
  }
  if (typeof read.value === 'number' && (read.value < (shape.atLeast ?? -Infinity) || read.value > (shape.atMost ?? Infinity))) {
    return { value: null, wrong: `must be between ${shape.atLeast ?? '-'} and ${shape.atMost ?? '-'}, not ${read.value}` };
  }
  return read;
}

type Reader = (value: string | number | boolean, text: string) => ReadScalar;

const READERS: Readonly<Record<ScalarType, Reader>> = {
  text: (value) => (typeof value === 'string' ? { value } : WRONG_TYPE),
  numeral: (value, text) => ({ value: typeof value === 'number' ? numberText(value, text) : String(value) }),
  integer: (value) => {
    const number = typeof value === 'string' && /^[-+]?\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number') return typeof value === 'string' ? { value: null, wrong: `must be an integer, not ${JSON.stringify(value)}` } : WRONG_TYPE;
    return Number.isInteger(number) ? { value: number } : { value: null, wrong: `must be an integer, not ${number}` };
  },
  number: (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number') return WRONG_TYPE;
    return Number.isNaN(number) ? { value: null, wrong: `must be a number, not ${JSON.stringify(value)}` } : { value: number };
  },
  flag: (value) => {
    if (typeof value === 'boolean') return { value };
    if (typeof value !== 'string') return WRONG_TYPE;
    const flag = FLAGS[value.toLowerCase()];
    return flag === undefined ? { value: null, wrong: `must be true or false, not ${JSON.stringify(value)}` } : { value: flag };
  },
  bytes: (value) => {
    const bytes = typeof value === 'number' ? Math.trunc(value) : typeof value === 'string' ? parseBytes(value) : undefined;
    return bytes === undefined ? { value: null, wrong: `must be a size, not ${JSON.stringify(value)}`, hint: 'write 64m, 1.5g, or a number of bytes' } : { value: bytes };
  },
  duration: (value) => {
    if (typeof value !== 'string') return WRONG_TYPE;
    const nanoseconds = parseDuration(value);
    return nanoseconds === undefined ? { value: null, wrong: `must be a duration, not ${JSON.stringify(value)}`, hint: 'write 90s, 1m30s or 500ms' } : { value: formatDuration(nanoseconds) };
  },
  count: (value) => {
    if (typeof value === 'string' && value.toLowerCase() === 'all') return { value: -1 };
    const count = typeof value === 'string' && /^[-+]?\d+$/.test(value) ? Number(value) : value;
    return typeof count === 'number' && Number.isInteger(count) ? { value: count } : { value: null, wrong: `must be "all" or a number, not ${JSON.stringify(value)}` };
  },
  any: (value) => ({ value }),
};

const FLAGS: Readonly<Record<string, boolean>> = { true: true, y: true, yes: true, on: true, false: false, n: false, no: false, off: false };

/** As Go prints it: 0x10 becomes 16, 1.50 becomes 1.5. */
function numberText(value: number, text: string): string {
  const isFloat = /[.e]/i.test(text) && !/^[-+]?0x/i.test(text);
  return isFloat ? formatGoFloat(value) : String(value);
}
