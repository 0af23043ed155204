// Block style: maps and lists by indentation. Each reader begins at its first character and leaves the cursor at the
// next content, so that the reader of the surrounding map or list sees from the column whether it is its turn.

import type { ConfigNode } from '../tree/node.ts';
import type { Cursor } from './cursor.ts';
import { endOfQuoted } from '../tree/quoted.ts';
import { MapBuilder } from './map-builder.ts';
import type { Properties } from './properties.ts';
import { readProperties, stopAtAlias, stopAtLoneProperties, withProperties } from './properties.ts';
import { readAlias, readFlowCollection } from './read-flow.ts';
import { checkPlainStart, keyHint, makeEmpty, makePlain, makeText, plainPart, readBlockScalar, readPlain, readQuoted } from './read-scalars.ts';

/** A value that may begin a map or a list: on a line of its own, or behind a hyphen. */
export function readBlockNode(cursor: Cursor, parent: number): ConfigNode {
  if (cursor.isEntry()) return readBlockList(cursor, cursor.column);
  if (colonOfKey(cursor) >= 0) return readBlockMap(cursor, cursor.column);
  const properties = readProperties(cursor);
  if (properties !== undefined && cursor.atLineEnd()) return readBelow(cursor, parent, properties, false);
  if (properties === undefined) return readInline(cursor, parent, false);
  stopAtAlias(cursor, properties);
  return withProperties(cursor, properties, () => readInline(cursor, parent, false));
}

/** A scalar, an alias or a flow collection. */
function readInline(cursor: Cursor, parent: number, inline: boolean): ConfigNode {
  const offset = cursor.at;
  let node: ConfigNode;
  switch (cursor.text[offset] ?? '') {
    case '|': case '>':
      node = makeText(cursor, readBlockScalar(cursor, parent), offset);
      cursor.skipToContent();
      return node;
    case '[': case '{': node = readFlowCollection(cursor); break;
    case '"': case "'": node = makeText(cursor, readQuoted(cursor, parent), offset); break;
    case '*': node = readAlias(cursor); break;
    default: node = makePlain(cursor, readPlain(cursor, parent, inline), offset);
  }
  cursor.skipBlanks();
  if (!cursor.atLineEnd()) stopBehind(cursor, node);
  cursor.skipToContent();
  return node;
}

function stopBehind(cursor: Cursor, node: ConfigNode): never {
  if (cursor.text[cursor.at] === ':') {
    if (node.kind !== 'scalar') cursor.stop(`a ${node.kind} cannot be a key`, undefined, node.offset);
    cursor.stop(cursor.isGap(cursor.at + 1) ? 'a second ": " on the line' : 'a blank is missing behind the colon', cursor.isGap(cursor.at + 1) ? 'put the value in quotes' : undefined);
  }
  if (cursor.text[cursor.at] === '#') cursor.stop('a comment needs a blank before its #');
  cursor.stop(node.kind === 'scalar' ? 'text behind the closing quote' : 'text behind the closing bracket', 'put all of the value in quotes');
}

/** A value on the lines below its key, hyphen or properties; nothing when they are not indented. */
function readBelow(cursor: Cursor, parent: number, properties: Properties | undefined, listAtParent: boolean): ConfigNode {
  const offset = cursor.at;
  cursor.skipToContent();
  if (!cursor.ended && cursor.column > parent) return withProperties(cursor, properties, () => readBlockNode(cursor, parent));
  if (!cursor.ended && listAtParent && cursor.column === parent && cursor.isEntry()) return withProperties(cursor, properties, () => readBlockList(cursor, parent));
  stopAtLoneProperties(cursor, properties, offset - 1);
  return withProperties(cursor, properties, () => makeEmpty(cursor, offset));
}

function readBlockList(cursor: Cursor, column: number): ConfigNode {
  const offset = cursor.at;
  const items: ConfigNode[] = [];
  cursor.take();
  cursor.enter();
  while (!cursor.ended && cursor.column === column && cursor.isEntry()) {
    cursor.at += 1;
    const hyphen = cursor.at;
    cursor.skipBlanks();
    if (cursor.atLineEnd()) {
      items.push(readBelow(cursor, column, undefined, false));
    } else {
      if (cursor.text.slice(hyphen, cursor.at).includes('\t') && (cursor.isEntry() || colonOfKey(cursor) >= 0)) cursor.stop('a tab cannot indent', 'use blanks', hyphen);
      items.push(readBlockNode(cursor, column));
    }
  }
  cursor.leave();
  if (!cursor.ended && cursor.column > column) stopMisaligned(cursor);
  return { kind: 'list', items, source: cursor.source, offset };
}

function readBlockMap(cursor: Cursor, column: number): ConfigNode {
  const builder = new MapBuilder(cursor, cursor.at);
  cursor.take();
  cursor.enter();
  while (!cursor.ended && cursor.column === column) {
    const offset = cursor.at;
    const simple = cursor.endOfSimpleKey();
    const colon = simple >= 0 ? simple : colonOfKey(cursor);
    if (colon < 0) stopNoKey(cursor);
    const key = simple >= 0 ? cursor.text.slice(offset, colon) : readKey(cursor, colon);
    cursor.at = colon + 1;
    builder.addText(key, offset, readMapValue(cursor, column));
  }
  cursor.leave();
  if (!cursor.ended && cursor.column > column) stopMisaligned(cursor);
  return builder.finish();
}

function readMapValue(cursor: Cursor, column: number): ConfigNode {
  cursor.skipBlanks();
  if (cursor.atLineEnd()) return readBelow(cursor, column, undefined, true);
  if (cursor.isEntry()) cursor.stop('a list cannot begin behind its key', 'begin it on the next line');
  const properties = readProperties(cursor);
  if (properties !== undefined && cursor.atLineEnd()) return readBelow(cursor, column, properties, true);
  if (properties === undefined) return readInline(cursor, column, true);
  stopAtAlias(cursor, properties);
  return withProperties(cursor, properties, () => readInline(cursor, column, true));
}

function stopMisaligned(cursor: Cursor): never {
  return cursor.stop('this line does not line up with the lines above', 'indent it exactly as the keys or hyphens it belongs with');
}

function stopNoKey(cursor: Cursor): never {
  if (cursor.isEntry()) cursor.stop('a list item among the keys of a map', 'indent the items below their key');
  checkPlainStart(cursor);
  return cursor.stop('expected KEY: VALUE', keyHint(cursor.text.slice(cursor.at, Math.min(cursor.lineEnd, cursor.at + 80))));
}

/** The offset of the colon behind the key that begins here, on this line; -1 when no key does. */
function colonOfKey(cursor: Cursor): number {
  const { text } = cursor;
  const simple = cursor.endOfSimpleKey();
  if (simple >= 0) return simple;
  const { lineEnd } = cursor;
  let at = cursor.at;
  while (text[at] === '&' || text[at] === '!') {
    while (at < lineEnd && !cursor.isGap(at)) at += 1;
    while (at < lineEnd && cursor.isGap(at)) at += 1;
  }
  const first = text[at];
  if (first === '"' || first === "'") {
    const end = endOfQuoted(text, at);
    if (end < 0 || end > lineEnd) return -1;
    at = end + 1;
  } else if (first === '*') {
    while (at < lineEnd && !cursor.isGap(at)) at += 1;
  } else {
    if (at >= lineEnd || '|>#@`%,[]{}'.includes(first!)) return -1;
    if ((first === '?' || first === '-') && cursor.isGap(at + 1)) return -1;
    const { colon } = plainPart(text.slice(at, lineEnd));
    return colon <= 0 ? -1 : at + colon;
  }
  while (at < lineEnd && cursor.isGap(at)) at += 1;
  return text[at] === ':' && cursor.isGap(at + 1) ? at : -1;
}

/** The text of the key between here and its colon. */
function readKey(cursor: Cursor, colon: number): string {
  const properties = readProperties(cursor);
  stopAtAlias(cursor, properties);
  const node = withProperties(cursor, properties, () => {
    const offset = cursor.at;
    const first = cursor.text[offset];
    if (first === '"' || first === "'") return makeText(cursor, readQuoted(cursor, -1), offset);
    if (first === '*') return readAlias(cursor);
    cursor.at = colon;
    return makePlain(cursor, plainPart(cursor.text.slice(offset, colon)).text, offset);
  });
  if (node.kind !== 'scalar') cursor.stop(`a ${node.kind} cannot be a key`, undefined, node.offset);
  return node.text;
}
