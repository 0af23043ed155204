// The `filters` parameter of lists and events: {"label":["a=b"]}, or {"label":{"a=b":true}} from older clients.

import type { Filters } from '@drover/docker-api';
import { apiError } from '../api-error.ts';

/** Throws `invalid-parameter` for what is no filter, and for a filter that is not in `known`, when that is given. */
export function parseFilters(text: string, known?: readonly string[]): Filters {
  if (text === '') return {};
  const parsed = parseObject(text);
  const filters: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(parsed)) {
    if (known?.includes(name) === false) throw apiError('invalid-parameter', `invalid filter '${name}'`);
    const list = Array.isArray(values) ? values : typeof values === 'object' && values !== null ? Object.keys(values) : undefined;
    if (list === undefined || list.some((value) => typeof value !== 'string')) throw apiError('invalid-parameter', 'invalid filter');
    if (list.length > 0) filters[name] = list as string[];
  }
  return filters;
}

function parseObject(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // said below
  }
  throw apiError('invalid-parameter', 'invalid filter');
}

/** `label=a`, `label=a=b`: all of them must hold. */
export function matchesLabels(wanted: readonly string[] | undefined, labels: Readonly<Record<string, string>>): boolean {
  return (wanted ?? []).every((text) => {
    const equals = text.indexOf('=');
    return equals < 0 ? text in labels : labels[text.slice(0, equals)] === text.slice(equals + 1);
  });
}

/** As moby matches names: a pattern, anywhere in the name; one that is no pattern is taken literally. */
export function matchesName(wanted: readonly string[] | undefined, ...names: readonly string[]): boolean {
  return wanted === undefined || wanted.some((text) => names.some((name) => name === text || toPattern(text).test(name)));
}

function toPattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  }
}
