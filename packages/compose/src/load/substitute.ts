// Variables in values: $X ${X} ${X:-default} ${X-default} ${X:?error} ${X?error} ${X:+replacement} ${X+replacement},
// nested in each other, and $$ for a dollar sign.

export type Lookup = (name: string) => string | undefined;

export interface Substituted {
  readonly text: string;
  /** Variables that have no value and no default. */
  readonly unset: readonly string[];
  readonly error?: { readonly code: 'bad-variable' | 'required-variable'; readonly message: string };
}

/** Variables in variables, deeper than anybody writes. */
const DEPTH_LIMIT = 50;

/** Stops at the first error. */
export function substitute(text: string, lookup: Lookup): Substituted {
  const unset: string[] = [];
  const out = substitutePart(text, lookup, unset, 0);
  return typeof out === 'string' ? { text: out, unset } : { text, unset, error: out };
}

type SubstituteError = NonNullable<Substituted['error']>;

function substitutePart(text: string, lookup: Lookup, unset: string[], depth: number): string | SubstituteError {
  if (depth > DEPTH_LIMIT) return { code: 'bad-variable', message: `variables are nested deeper than ${DEPTH_LIMIT} levels` };
  let out = '';
  let at = 0;
  for (let dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', at)) {
    out += text.slice(at, dollar);
    const plain = /^[_a-z][_a-z0-9]*/i.exec(text.slice(dollar + 1, dollar + 201));
    if (text[dollar + 1] === '$') {
      out += '$';
      at = dollar + 2;
    } else if (plain !== null) {
      out += valueOf(plain[0], lookup, unset);
      at = dollar + 1 + plain[0].length;
    } else if (text[dollar + 1] === '{') {
      const end = endOfBraces(text, dollar + 1);
      const value = end < 0 ? invalid(text) : substituteBraced(text.slice(dollar + 2, end), text, lookup, unset, depth);
      if (typeof value !== 'string') return value;
      out += value;
      at = end + 1;
    } else {
      out += '$';
      at = dollar + 1;
    }
  }
  return out + text.slice(at);
}

function substituteBraced(inside: string, whole: string, lookup: Lookup, unset: string[], depth: number): string | SubstituteError {
  const match = /^([_a-z][_a-z0-9]*)(?:(:?[-+?])([^]*))?$/i.exec(inside);
  if (match === null) return invalid(whole);
  const [, name, operator, rest] = match as unknown as [string, string, string | undefined, string | undefined];
  if (operator === undefined) return valueOf(name, lookup, unset);
  const value = lookup(name);
  const present = value !== undefined && (!operator.startsWith(':') || value !== '');
  const otherwise = (): string | SubstituteError => substitutePart(rest!, lookup, unset, depth + 1);
  if (operator.endsWith('+')) return present ? otherwise() : (value ?? '');
  if (present) return value;
  const word = otherwise();
  if (operator.endsWith('-') || typeof word !== 'string') return word;
  return { code: 'required-variable', message: `required variable ${name} is missing a value${word === '' ? '' : `: ${word}`}` };
}

function valueOf(name: string, lookup: Lookup, unset: string[]): string {
  const value = lookup(name);
  if (value === undefined) unset.push(name);
  return value ?? '';
}

/** The offset of the brace that closes the one at `start`; -1 when none does. */
function endOfBraces(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

function invalid(text: string): SubstituteError {
  return { code: 'bad-variable', message: `invalid interpolation format ${JSON.stringify(text)}` };
}
