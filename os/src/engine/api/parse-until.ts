// The `until` filter: a time, or how long ago.

import { apiError } from '../api-error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds since 1970; without a filter, the end of time. Throws `invalid-parameter`. */
export function parseUntil(values: readonly string[] | undefined, now: number): number {
  if (values === undefined) return Number.POSITIVE_INFINITY;
  if (values.length > 1) throw apiError('invalid-parameter', 'more than one until filter specified');
  const text = values[0] ?? '';
  if (/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return now - parseDuration(text);
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(time)) throw apiError('invalid-parameter', `failed to parse value as time or duration: "${text}"`);
  return time;
}

function parseDuration(text: string): number {
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!, 0);
}
