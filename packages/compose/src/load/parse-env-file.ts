// The format of .env and env_file: KEY=value lines, quotes, `export`, comments, variables.

import type { Lookup } from './substitute.ts';
import { substitute } from './substitute.ts';

export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  readonly error?: { readonly line: number; readonly message: string };
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', c: '', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', '\\': '\\' };

/** `lookup` comes before what the file itself has said. Stops at the first error. */
export function parseEnvFile(text: string, lookup: Lookup): EnvFile {
  const source = text.replace(/^\ufeff/, '').replace(/\r\n/g, '\n');
  const values = new Map<string, string>();
  const known: Lookup = (name) => lookup(name) ?? values.get(name);
  let at = 0;
  const fail = (message: string): EnvFile => ({ values, error: { line: source.slice(0, at).split('\n').length, message } });
  for (;;) {
    at = skipToStatement(source, at);
    if (at >= source.length) return { values };
    at += (matchAt(/export[^\S\n]+/y, source, at)?.[0] ?? '').length;
    const key = matchAt(/([^=:\n]*)([=:\n]|$)/y, source, at)!;
    const name = key[1]!.trimEnd();
    const odd = /[^\p{L}\p{N}_.\-[\]\s]/u.exec(name);
    if (odd !== null) return fail(`unexpected character "${odd[0]}" in variable name ${JSON.stringify(lineAt(source, at))}`);
    if (/\s/.test(name)) return fail('key cannot contain a space');
    at += key[0].length;
    if (key[2] !== '=' && key[2] !== ':') {
      const inherited = lookup(name);
      if (inherited !== undefined && name !== '') values.set(name, inherited);
      continue;
    }
    at += matchAt(/[^\S\n]*/y, source, at)![0].length;
    const value = readValue(source, at);
    if (value === undefined) return fail(`unterminated quoted value ${lineAt(source, at)}`);
    const { text: expanded, error } = value.literal ? { text: value.text, error: undefined } : substitute(value.text, known);
    if (error !== undefined) return fail(error.message);
    if (!/^\d/.test(name)) values.set(name, expanded);
    at = value.end;
  }
}

/** Over blanks, empty lines and comments. */
function skipToStatement(source: string, start: number): number {
  let at = start;
  for (;;) {
    while (at < source.length && /\s/.test(source[at]!)) at += 1;
    if (source[at] !== '#') return at;
    const end = source.indexOf('\n', at);
    at = end < 0 ? source.length : end;
  }
}

/** Without a copy of the rest of the text, which QuickJS would make. */
function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function lineAt(source: string, at: number): string {
  const end = source.indexOf('\n', at);
  return source.slice(at, end < 0 ? source.length : end);
}

interface RawValue {
  readonly text: string;
  /** Single quotes: nothing in it means anything. */
  readonly literal: boolean;
  readonly end: number;
}

function readValue(source: string, start: number): RawValue | undefined {
  const quote = source[start];
  if (quote !== '"' && quote !== "'") {
    const line = lineAt(source, start);
    return { text: line.split(' #', 1)[0]!.trimEnd(), literal: false, end: start + line.length };
  }
  let inside = '';
  for (let at = start + 1; at < source.length; at += 1) {
    const character = source[at]!;
    if (character === quote) return { text: quote === '"' ? unescape(inside) : inside, literal: quote === "'", end: at + 1 };
    if (character === '\\' && source[at + 1] !== undefined) {
      at += 1;
      inside += source[at] === quote ? quote : `\\${source[at]!}`;
    } else {
      inside += character;
    }
  }
  return undefined;
}

function unescape(text: string): string {
  return text.replace(/\\(?:([abcfnrtv"\\])|(\$)|0(\d{1,3}))/g, (all, letter: string | undefined, dollar: string | undefined, octal: string | undefined) => {
    if (dollar !== undefined) return '$$';
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return letter === undefined ? all : ESCAPES[letter]!;
  });
}
