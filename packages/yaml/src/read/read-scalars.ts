// Scalars in the five styles of YAML. Each leaves the cursor right behind the scalar, block scalars at the next line.

import { endOfQuoted, unescapeDouble, unescapeSingle } from '../tree/quoted.ts';
import type { ScalarNode } from '../tree/node.ts';
import { resolvePlain } from '../tree/value.ts';
import type { Cursor } from './cursor.ts';

export function makeText(cursor: Cursor, text: string, offset: number): ScalarNode {
  cursor.take();
  return { kind: 'scalar', value: text, text, source: cursor.source, offset };
}

export function makePlain(cursor: Cursor, text: string, offset: number): ScalarNode {
  cursor.take();
  return { kind: 'scalar', value: resolvePlain(text), text, source: cursor.source, offset };
}

export function makeEmpty(cursor: Cursor, offset: number): ScalarNode {
  cursor.take();
  return { kind: 'scalar', value: null, text: '', source: cursor.source, offset };
}

/** The text of a quoted scalar. Lines behind the first must be indented more than `parent`. */
export function readQuoted(cursor: Cursor, parent: number): string {
  const start = cursor.at;
  const end = endOfQuoted(cursor.text, start);
  if (end < 0) cursor.stop('this quote is never closed', 'write the same quote behind the text', start);
  let inside = cursor.text.slice(start + 1, end);
  const double = cursor.text.charCodeAt(start) === 34;
  if (inside.includes('\n')) {
    checkLines(cursor, start, end, parent);
    inside = foldQuoted(inside, double);
  }
  cursor.moveTo(end + 1);
  if (!double) return unescapeSingle(inside);
  const text = unescapeDouble(inside);
  if (text !== undefined) return text;
  const escape = /^(?:[^\\]|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|[0abtnvfre "/\\N_LP\t\n]))*/.exec(cursor.text.slice(start + 1, Math.min(end, start + 2000)));
  return cursor.stop('a backslash with a letter that means nothing in double quotes', 'use single quotes, or write the backslash twice', start + 1 + (escape?.[0].length ?? 0));
}

function checkLines(cursor: Cursor, start: number, end: number, parent: number): void {
  for (let at = cursor.text.indexOf('\n', start); at >= 0 && at < end; at = cursor.text.indexOf('\n', at + 1)) {
    let column = at + 1;
    if (cursor.isMarker(column)) cursor.stop('this quote is not closed before the document ends', undefined, start);
    while (cursor.text.charCodeAt(column) === 32) column += 1;
    if (column - at - 1 > parent || cursor.text.charCodeAt(column) === 10 || cursor.text.charCodeAt(column) === 9) continue;
    cursor.stop('this quote is not closed on its line, and the next line is not indented', 'close the quote', start);
  }
}

/** One line break becomes a blank, n become n - 1; blanks around them go. A backslash at the end of a line joins. */
function foldQuoted(inside: string, double: boolean): string {
  const lines = inside.split('\n');
  let out = '';
  let breaks = 0;
  let joined = true;
  for (const [i, line] of lines.entries()) {
    const last = i === lines.length - 1;
    let text = i === 0 ? line : trimStart(line);
    if (!last) {
      const trimmed = trimEnd(text);
      // A blank behind an odd number of backslashes is escaped, and stays.
      text = double && trimmed !== text && endsInEscape(trimmed) ? text.slice(0, trimmed.length + 1) : trimmed;
    }
    if (text === '' && !last && i > 0) {
      breaks += 1;
      continue;
    }
    if (breaks > 0) out += '\n'.repeat(breaks);
    else if (!joined) out += ' ';
    breaks = 0;
    joined = double && !last && endsInEscape(text);
    out += joined ? text.slice(0, -1) : text;
  }
  return out;
}

function endsInEscape(text: string): boolean {
  let slashes = 0;
  while (text.charCodeAt(text.length - 1 - slashes) === 92) slashes += 1;
  return slashes % 2 === 1;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

// Not a pattern: `[ \t]+$` needs a time that grows with the square of a run of blanks.
function trimEnd(text: string): string {
  let end = text.length;
  while (isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function trimStart(text: string): string {
  let start = 0;
  while (isBlank(text.charCodeAt(start))) start += 1;
  return text.slice(start);
}

/** One line of a plain scalar in block style: up to a comment, and where a `: ` stands in it. */
export function plainPart(line: string): { readonly text: string; readonly comment: boolean; readonly colon: number } {
  // No patterns: each line passes here.
  let hash = line.indexOf('#', 1);
  while (hash > 0 && !isBlank(line.charCodeAt(hash - 1))) hash = line.indexOf('#', hash + 1);
  const text = hash > 0 ? line.slice(0, hash - 1) : line;
  let colon = text.indexOf(':');
  while (colon >= 0 && colon + 1 < text.length && !isBlank(text.charCodeAt(colon + 1))) colon = text.indexOf(':', colon + 1);
  return { text: trimEnd(text), comment: hash > 0, colon };
}

/** A plain scalar in block style, with the lines that go on with it; `inline` when its line has a key before it. */
export function readPlain(cursor: Cursor, parent: number, inline: boolean): string {
  const start = cursor.at;
  if (!cursor.isWord()) checkPlainStart(cursor);
  const first = plainPart(cursor.text.slice(start, cursor.lineEnd));
  if (first.colon >= 0) cursor.stop('a second ": " on the line', 'put the value in quotes', start + first.colon);
  cursor.at = start + first.text.length;
  let text = first.text;
  let open = !first.comment;
  while (open) {
    const next = lookAhead(cursor, parent);
    if (next === undefined) break;
    const part = plainPart(cursor.text.slice(next.at, next.lineEnd));
    if (part.colon >= 0 && !inline) cursor.stop('expected KEY: VALUE', keyHint(first.text), start);
    if (part.colon >= 0) cursor.stop('this key is below a key that already has a value', 'indent it as the keys around it, or put the value above in quotes', next.at);
    text += next.breaks === 0 ? ' ' : '\n'.repeat(next.breaks);
    text += part.text;
    cursor.moveTo(next.at);
    cursor.at += part.text.length;
    open = !part.comment;
  }
  return text;
}

/** The next line, when it goes on with a plain scalar: indented more than `parent`, no comment, no end of document. */
function lookAhead(cursor: Cursor, parent: number): { readonly at: number; readonly lineEnd: number; readonly breaks: number } | undefined {
  const { text } = cursor;
  let lineStart = cursor.lineEnd + 1;
  for (let breaks = 0; lineStart <= text.length; breaks += 1) {
    let at = lineStart;
    while (text.charCodeAt(at) === 32) at += 1;
    const indent = at - lineStart;
    while (text.charCodeAt(at) === 9 || text.charCodeAt(at) === 32) at += 1;
    const code = text.charCodeAt(at);
    const end = text.indexOf('\n', at);
    if (code !== 10 && !Number.isNaN(code)) {
      if (indent <= parent || code === 35 || (at === lineStart && cursor.isMarker(lineStart))) return undefined;
      return { at, lineEnd: end < 0 ? text.length : end, breaks };
    }
    if (end < 0) return undefined;
    lineStart = end + 1;
  }
  return undefined;
}

/** What to do about a line that should have a key and has none. */
export function keyHint(line: string): string {
  const colon = /^([\w.-]+):(\S)/.exec(line);
  if (colon !== null) return `put a blank behind the colon: ${colon[1]!}: ${colon[2]!}...`;
  const equals = /^([\w.-]+)\s*=\s*/.exec(line);
  return equals === null ? 'a key ends in a colon and a blank' : `write ${equals[1]!}: VALUE`;
}

/** Characters that cannot begin a plain scalar; `-`, `?` and `:` only with a blank behind them. */
export function checkPlainStart(cursor: Cursor): void {
  const first = cursor.text[cursor.at]!;
  if (',[]{}#&*!|>\'"%@`'.includes(first)) cursor.stop(`a value cannot begin with ${first}`, 'put the value in quotes');
  if (first === '?' && cursor.isGap(cursor.at + 1)) cursor.stop('keys in the long form (? KEY) are not supported', 'write KEY: VALUE');
  if ((first === '-' || first === ':') && cursor.isGap(cursor.at + 1)) cursor.stop(first === ':' ? 'a key is missing before the colon' : 'a list cannot begin here', first === ':' ? undefined : 'begin it on a line of its own');
}

/** `|` and `>` with the lines below. The cursor is then at the start of the line behind. */
export function readBlockScalar(cursor: Cursor, parent: number): string {
  const { text } = cursor;
  const header = /^([|>])(?:([-+])?([1-9])?|([1-9])([-+]))(?:[ \t]+#.*|[ \t]*)$/.exec(text.slice(cursor.at, cursor.lineEnd));
  if (header === null) cursor.stop(`text behind ${text[cursor.at]!}`, 'begin the text on the next line');
  const digit = header[3] ?? header[4];
  const chomp = header[2] ?? header[5] ?? '';
  const { lines, trailing } = readBlockLines(cursor, parent, digit === undefined ? -1 : Math.max(parent, 0) + Number(digit));
  const body = header[1] === '|' ? lines.join('\n') : foldBlock(lines);
  if (chomp === '+') return body + '\n'.repeat(trailing + (lines.length > 0 ? 1 : 0));
  return chomp === '-' || lines.length === 0 ? body : `${body}\n`;
}

interface BlockLines {
  readonly lines: readonly string[];
  /** Empty lines at the end. */
  readonly trailing: number;
}

function readBlockLines(cursor: Cursor, parent: number, given: number): BlockLines {
  const { text } = cursor;
  const lines: string[] = [];
  let indent = given;
  let widest = 0;
  let empty = 0;
  for (cursor.nextLine(); cursor.lineStart < text.length; cursor.nextLine()) {
    const { lineStart, lineEnd } = cursor;
    let at = lineStart;
    while (text.charCodeAt(at) === 32) at += 1;
    const blanks = at - lineStart;
    if (at === lineEnd && (indent < 0 || blanks <= indent)) {
      widest = Math.max(widest, blanks);
      empty += 1;
      continue;
    }
    if (indent < 0) {
      if (blanks <= parent) break;
      indent = blanks;
      if (widest > indent) cursor.stop('an empty line above has more blanks than this one', 'take the blanks out of the empty line', at);
    }
    if (blanks < indent || (indent === 0 && cursor.isMarker())) break;
    for (; empty > 0; empty -= 1) lines.push('');
    lines.push(text.slice(lineStart + indent, lineEnd));
  }
  return { lines, trailing: empty };
}

/** Line breaks between lines become blanks, except around lines that are indented more. */
function foldBlock(lines: readonly string[]): string {
  let out = '';
  let empty = 0;
  let before: 'nothing' | 'text' | 'indented' = 'nothing';
  for (const line of lines) {
    if (line === '') {
      empty += 1;
      continue;
    }
    const kind = line.startsWith(' ') || line.startsWith('\t') ? 'indented' : 'text';
    if (before === 'nothing') out += '\n'.repeat(empty);
    else if (before === 'text' && kind === 'text') out += empty === 0 ? ' ' : '\n'.repeat(empty);
    else out += '\n'.repeat(empty + 1);
    out += line;
    empty = 0;
    before = kind;
  }
  return out;
}
