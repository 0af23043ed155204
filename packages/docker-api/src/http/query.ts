// Request targets: the path and the query that an API reads. QuickJS has no URL class, and we need only this part.

import { httpError } from './http-error.ts';

export class Query {
  private readonly values: ReadonlyMap<string, readonly string[]>;

  constructor(text: string = '') {
    const values = new Map<string, string[]>();
    for (const pair of text.split('&')) {
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      const name = decode(equals < 0 ? pair : pair.slice(0, equals));
      values.set(name, [...(values.get(name) ?? []), equals < 0 ? '' : decode(pair.slice(equals + 1))]);
    }
    this.values = values;
  }

  /** Empty when it is absent: the Docker API makes no difference. */
  get(name: string): string {
    return this.values.get(name)?.[0] ?? '';
  }

  getAll(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** As the Docker API reads switches: anything but "", 0, no, false, none is on. */
  isOn(name: string, fallback: boolean = false): boolean {
    if (!this.values.has(name)) return fallback;
    return !['', '0', 'no', 'false', 'none'].includes(this.get(name).trim().toLowerCase());
  }
}

export function splitTarget(target: string): { readonly path: string; readonly query: Query } {
  const withoutOrigin = target.replace(/^https?:\/\/[^/?]*/, '');
  const question = withoutOrigin.indexOf('?');
  const path = question < 0 ? withoutOrigin : withoutOrigin.slice(0, question);
  return { path: path === '' ? '/' : path, query: new Query(question < 0 ? '' : withoutOrigin.slice(question + 1)) };
}

/** Values that are undefined are left out, lists repeat the name. */
export function renderQuery(values: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(one)}`);
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function decode(text: string): string {
  return decodePart(text.replace(/\+/g, ' '));
}

/** Throws `http-syntax` on a broken escape. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw httpError('http-syntax', `malformed escape in the request target: ${text.slice(0, 80)}`);
  }
}
