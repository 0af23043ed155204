// Anchors (&name) and tags (!name, !!str) in front of a value.

import { decodeBase64, decodeUtf8 } from '@drover/core';
import type { ConfigNode } from '../tree/node.ts';
import type { Cursor } from './cursor.ts';

export interface Properties {
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
}

/** Undefined when there are none. The cursor is then behind the blanks that follow. */
export function readProperties(cursor: Cursor): Properties | undefined {
  let anchor: string | undefined;
  let tag: string | undefined;
  for (;;) {
    const first = cursor.text.charCodeAt(cursor.at);
    // & and !
    if (first !== 38 && first !== 33) break;
    const word = /^(?:!<[^>\s]*>|[^\s,[\]{}]*)/.exec(cursor.text.slice(cursor.at, Math.min(cursor.lineEnd, cursor.at + 200)))![0];
    const taken = first === 38 ? anchor : tag;
    if (word === '&') cursor.stop('a name is missing behind &', 'put a value that begins with & in quotes');
    if (taken !== undefined) cursor.stop(`a second ${first === 38 ? 'anchor' : 'tag'} on one value`);
    if (first === 38) anchor = word.slice(1);
    else tag = word;
    const after = cursor.at + word.length;
    if (!cursor.isGap(after) && !',[]{}'.includes(cursor.text[after]!)) cursor.stop('a blank is missing', undefined, after);
    cursor.at = after;
    cursor.skipBlanks();
  }
  return anchor === undefined && tag === undefined ? undefined : { anchor, tag };
}

/** Reads the value and does to it what its properties ask for. */
export function withProperties(cursor: Cursor, properties: Properties | undefined, read: () => ConfigNode): ConfigNode {
  if (properties === undefined) return read();
  const { anchor, tag } = properties;
  const readTagged = (): ConfigNode => tagged(cursor, read(), tag);
  return anchor === undefined ? readTagged() : cursor.anchored(anchor, readTagged);
}

/** Nothing follows: then `!secret` and `&x` were meant as text, and would be lost. `!!str` alone is empty text. */
export function stopAtLoneProperties(cursor: Cursor, properties: Properties | undefined, offset: number): void {
  if (properties === undefined || (properties.anchor === undefined && (properties.tag!.startsWith('!!') || cursor.tags.includes(properties.tag!)))) return;
  cursor.stop(`a value cannot begin with ${properties.tag === undefined ? '&' : '!'}`, 'put the value in quotes', offset);
}

export function stopAtAlias(cursor: Cursor, properties: Properties | undefined): void {
  if (properties !== undefined && cursor.text[cursor.at] === '*') cursor.stop('an alias cannot have an anchor or a tag of its own');
}

/** `!!str` makes text of anything, `!!binary` is decoded, the caller's tags are kept; others change nothing. */
function tagged(cursor: Cursor, node: ConfigNode, tag: string | undefined): ConfigNode {
  if (tag !== undefined && cursor.tags.includes(tag)) return { ...node, tag };
  if (node.kind !== 'scalar') return node;
  if (tag === '!!str' || tag === '!') return { ...node, value: node.text };
  if (tag !== '!!binary') return node;
  const bytes = decodeBase64(node.text);
  if (bytes === undefined) return node;
  const text = decodeUtf8(bytes);
  return { ...node, value: text, text };
}
