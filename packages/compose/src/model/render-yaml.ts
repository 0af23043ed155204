// YAML in the style of Docker Compose, which is that of Go's yaml.v3: two blanks, lists indented below their key, text
// in quotes only where it would be read as something else.

import { resolvePlain } from '@drover/yaml';

/** Maps are written in their own order. */
export type Out = null | boolean | number | string | readonly Out[] | ReadonlyMap<string, Out>;

/** Ends with a line end. */
export function renderOut(value: Out): string {
  return `${renderLines(value).join('\n')}\n`;
}

function renderLines(value: Out): string[] {
  if (value instanceof Map) {
    if (value.size === 0) return ['{}'];
    return [...(value as ReadonlyMap<string, Out>)].flatMap(([key, inner]) => renderEntry(renderText(key, true)[0]!, inner));
  }
  if (Array.isArray(value)) return value.length === 0 ? ['[]'] : (value as readonly Out[]).flatMap(renderItem);
  return typeof value === 'string' ? renderText(value, false) : [renderPlain(value as null | boolean | number)];
}

function renderEntry(key: string, value: Out): string[] {
  const lines = renderLines(value);
  if (isBlock(value)) return [`${key}:`, ...lines.map(indent)];
  return [`${key}: ${lines[0]!}`, ...lines.slice(1).map(indent)];
}

function renderItem(value: Out): string[] {
  const [first, ...rest] = renderLines(value);
  return [`- ${first!}`, ...rest.map(indent)];
}

function isBlock(value: Out): boolean {
  return (value instanceof Map && value.size > 0) || (Array.isArray(value) && value.length > 0);
}

function indent(line: string): string {
  return line === '' ? '' : `  ${line}`;
}

function renderPlain(value: null | boolean | number): string {
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value)) return String(value);
  return value.toString();
}

/** One line, or `|` with the lines below. */
function renderText(text: string, isKey: boolean): string[] {
  if (text.includes('\n') && !isKey && canBeLiteral(text)) return literal(text);
  if (looksLikeOther(text)) return [doubleQuoted(text)];
  if (isPlain(text)) return [text];
  return [/[\n\t]|[^\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\ud800-\udfff]| \n|\n /.test(text) ? doubleQuoted(text) : `'${text.replaceAll("'", "''")}'`];
}

/** Plain, it would be read as a number, a flag, nothing, or a date; YAML 1.1 had more such words. */
function looksLikeOther(text: string): boolean {
  if (text === '' || text === '<<') return true;
  if (typeof resolvePlain(text) !== 'string' || /^[-+]?\d+$/.test(text)) return true;
  if (/^[-+]?(\.inf|\.Inf|\.INF)$|^(\.nan|\.NaN|\.NAN)$/.test(text)) return true;
  if (/^\d{4}-\d{1,2}-\d{1,2}([Tt ]|$)/.test(text) && !Number.isNaN(Date.parse(text.replace(/^(\d{4})-(\d)(?!\d)/, '$1-0$2')))) return true;
  return /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/.test(text) || /^[-+]?[1-9][0-9_]*$/.test(text);
}

function isPlain(text: string): boolean {
  if (/^(---|\.\.\.)/.test(text) || /^[\s]|\s$/.test(text) || /[\n\t]/.test(text)) return false;
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text) || /^[-?:]( |$)/.test(text)) return false;
  if (/:( |$)| #/.test(text)) return false;
  return !/[^\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\ud800-\udfff]/.test(text);
}

function canBeLiteral(text: string): boolean {
  return !text.endsWith(' ') && !/ \n/.test(text) && !/[^\n\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\ud800-\udfff]/.test(text);
}

function literal(text: string): string[] {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = text.endsWith('\n\n') || text === '\n' ? '+' : text.endsWith('\n') ? '' : '-';
  return [`|${hint}${chomp}`, ...(text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')];
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\0': '\\0', '\x07': '\\a', '\b': '\\b', '\v': '\\v', '\f': '\\f', '\x1b': '\\e' };

function doubleQuoted(text: string): string {
  // eslint-disable-next-line no-control-regex
  return `"${text.replace(/["\\]|[\u0000-\u001f\u007f]/g, (character) => ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}"`;
}

/** Go's order of keys in a map: numbers in them count as numbers, letters come after everything else. */
export function compareKeys(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  let digits = false;
  for (let i = 0; i < x.length && i < y.length; i += 1) {
    if (x[i] === y[i]) {
      digits = isDigit(x[i]!);
      continue;
    }
    const [letterA, letterB] = [isLetter(x[i]!), isLetter(y[i]!)];
    if (letterA && letterB) return x[i]! < y[i]! ? -1 : 1;
    if (letterA || letterB) return (digits ? letterA : letterB) ? -1 : 1;
    return compareNumbers(x, y, i);
  }
  return x.length - y.length;
}

function compareNumbers(x: readonly string[], y: readonly string[], from: number): number {
  // Behind other digits, a zero is part of the number.
  let lead = 0;
  if (x[from] === '0' || y[from] === '0') {
    for (let j = from - 1; j >= 0 && isDigit(x[j]!); j -= 1) if (x[j] !== '0') lead = 1;
  }
  const read = (text: readonly string[]): readonly [number, number] => {
    let [value, at] = [lead, from];
    for (; at < text.length && isDigit(text[at]!); at += 1) value = value * 10 + Number(text[at]);
    return [value, at];
  };
  const [[numberA, endA], [numberB, endB]] = [read(x), read(y)];
  if (numberA !== numberB) return numberA - numberB;
  if (endA !== endB) return endA - endB;
  return x[from]! < y[from]! ? -1 : 1;
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character);
}
