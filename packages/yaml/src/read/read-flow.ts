// Lists in brackets and maps in braces. As with Go's parser, indentation does not count inside them.

import type { ConfigNode, MapNode } from '../tree/node.ts';
import type { Cursor } from './cursor.ts';
import { MapBuilder } from './map-builder.ts';
import { checkPlainStart, makeEmpty, makePlain, makeText, readQuoted } from './read-scalars.ts';
import { readProperties, stopAtAlias, stopAtLoneProperties, withProperties } from './properties.ts';

const COMMA = 44;
const COLON = 58;

/** At `[` or `{`. The cursor is then behind the closing bracket. */
export function readFlowCollection(cursor: Cursor): ConfigNode {
  cursor.enter();
  const node = cursor.text[cursor.at] === '[' ? readFlowList(cursor) : readFlowMap(cursor);
  cursor.leave();
  return node;
}

function readFlowList(cursor: Cursor): ConfigNode {
  const offset = cursor.at;
  const items: ConfigNode[] = [];
  cursor.take();
  cursor.at += 1;
  for (;;) {
    skipFlow(cursor, offset);
    if (cursor.text[cursor.at] === ']') break;
    if (cursor.text.charCodeAt(cursor.at) === COMMA) cursor.stop('a value is missing before the comma');
    const item = readFlowNode(cursor, offset);
    items.push(isPairColon(cursor, item, offset) ? readPair(cursor, item, offset) : item);
    endOfItem(cursor, offset, ']');
  }
  cursor.at += 1;
  return { kind: 'list', items, source: cursor.source, offset };
}

/** `[key: value]` is a list of one map. */
function readPair(cursor: Cursor, key: ConfigNode, opened: number): MapNode {
  cursor.take();
  const builder = new MapBuilder(cursor, key.offset);
  readFlowValue(cursor, key, builder, opened);
  return builder.finish();
}

function readFlowMap(cursor: Cursor): ConfigNode {
  const offset = cursor.at;
  const builder = new MapBuilder(cursor, offset);
  cursor.take();
  cursor.at += 1;
  for (;;) {
    skipFlow(cursor, offset);
    if (cursor.text[cursor.at] === '}') break;
    if (cursor.text.charCodeAt(cursor.at) === COMMA) cursor.stop('a key is missing before the comma');
    const key = readFlowNode(cursor, offset);
    skipFlow(cursor, offset);
    if (cursor.text.charCodeAt(cursor.at) === COLON) readFlowValue(cursor, key, builder, offset);
    else builder.add(key, makeEmpty(cursor, cursor.at));
    endOfItem(cursor, offset, '}');
  }
  cursor.at += 1;
  return builder.finish();
}

/** At the colon behind a key. */
function readFlowValue(cursor: Cursor, key: ConfigNode, builder: MapBuilder, opened: number): void {
  cursor.at += 1;
  skipFlow(cursor, opened);
  const next = cursor.text[cursor.at]!;
  builder.add(key, next === ',' || next === ']' || next === '}' ? makeEmpty(cursor, cursor.at) : readFlowNode(cursor, opened));
}

/** Over the comma, or up to the closing bracket. */
function endOfItem(cursor: Cursor, opened: number, close: string): void {
  skipFlow(cursor, opened);
  const next = cursor.text[cursor.at];
  if (next === ',') cursor.at += 1;
  else if (next === ':' && cursor.lineStart > opened) stopUnclosed(cursor, opened);
  else if (next !== close) cursor.stop(next === ']' || next === '}' ? `expected ${close}` : 'a comma is missing', 'is a bracket above not closed?');
}

function isPairColon(cursor: Cursor, item: ConfigNode, opened: number): boolean {
  cursor.skipBlanks();
  if (cursor.text.charCodeAt(cursor.at) !== COLON) return false;
  // A key is on one line: this is the next key of the block around an open bracket.
  if (cursor.text.slice(item.offset, cursor.at).includes('\n')) stopUnclosed(cursor, opened);
  return true;
}

function stopUnclosed(cursor: Cursor, opened: number): never {
  const open = cursor.text[opened]!;
  return cursor.stop(`this ${open} is never closed`, `write ${open === '[' ? ']' : '}'} behind the last item`, opened);
}

function readFlowNode(cursor: Cursor, opened: number): ConfigNode {
  const properties = readProperties(cursor);
  return withProperties(cursor, properties, () => {
    if (properties !== undefined) skipFlow(cursor, opened);
    stopAtAlias(cursor, properties);
    const offset = cursor.at;
    switch (cursor.text[offset] ?? '') {
      case '[': case '{': return readFlowCollection(cursor);
      case '"': case "'": return makeText(cursor, readQuoted(cursor, -1), offset);
      case '*': return readAlias(cursor);
      case ',': case ']': case '}': case ':':
        stopAtLoneProperties(cursor, properties, offset - 1);
        if (properties !== undefined || cursor.text[offset] !== ':') return makeEmpty(cursor, offset);
        if (isPlainEnd(cursor, offset)) cursor.stop('a key is missing before the colon');
        return readFlowPlain(cursor);
      default: return readFlowPlain(cursor);
    }
  });
}

/** `*name`, in block style too. */
export function readAlias(cursor: Cursor): ConfigNode {
  const match = /^\*([^\s,[\]{}]+)/.exec(cursor.text.slice(cursor.at, Math.min(cursor.lineEnd, cursor.at + 200)));
  if (match === null) cursor.stop('a name is missing behind *', 'put a value that begins with * in quotes');
  const offset = cursor.at;
  cursor.at += match[0].length;
  return cursor.alias(match[1]!, offset);
}

function readFlowPlain(cursor: Cursor): ConfigNode {
  checkPlainStart(cursor);
  const start = cursor.at;
  let text = '';
  for (let breaks = 0; ; ) {
    const from = cursor.at;
    const to = endOfFlowPlain(cursor, from);
    if (from > start) text += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
    text += cursor.text.slice(from, to);
    cursor.at = to;
    cursor.skipBlanks();
    breaks = cursor.text.charCodeAt(cursor.at) === 10 ? skipBreaks(cursor) : 0;
    if (breaks === 0) break;
  }
  return makePlain(cursor, text, start);
}

/** Over line breaks, when plain text goes on behind them: how many there were, or 0. */
function skipBreaks(cursor: Cursor): number {
  const { text } = cursor;
  let at = cursor.at;
  let breaks = 0;
  while (at < text.length && cursor.isGap(at)) {
    if (text.charCodeAt(at) === 10) breaks += 1;
    at += 1;
  }
  if (at >= text.length || ',[]{}#'.includes(text[at]!) || isPlainEnd(cursor, at)) return 0;
  if (cursor.isMarker(at) && text[at - 1] === '\n') return 0;
  cursor.moveTo(at);
  return breaks;
}

/** A colon that ends plain text: a gap or a flow indicator follows. */
function isPlainEnd(cursor: Cursor, at: number): boolean {
  return cursor.text.charCodeAt(at) === COLON && (cursor.isGap(at + 1) || ',[]{}'.includes(cursor.text[at + 1]!));
}

/** Where the plain text of this line ends, blanks at its end left out. */
function endOfFlowPlain(cursor: Cursor, start: number): number {
  const { text, lineEnd } = cursor;
  let at = start;
  for (; at < lineEnd; at += 1) {
    const code = text.charCodeAt(at);
    // , [ ] { }
    if (code === COMMA || code === 91 || code === 93 || code === 123 || code === 125) break;
    if (code === COLON && isPlainEnd(cursor, at)) break;
    if (code === 35 && cursor.isGap(at - 1)) break;
  }
  while (at > start && cursor.isGap(at - 1)) at -= 1;
  return at;
}

/** Over blanks, comments and line breaks; the collection that began at `opened` must go on behind them. */
function skipFlow(cursor: Cursor, opened: number): void {
  for (;;) {
    cursor.skipBlanks();
    const code = cursor.text.charCodeAt(cursor.at);
    if (code === 10 || (code === 35 && cursor.isGap(cursor.at - 1))) {
      cursor.nextLine();
      if (cursor.isMarker()) break;
    } else if (Number.isNaN(code)) {
      break;
    } else {
      return;
    }
  }
  stopUnclosed(cursor, opened);
}
