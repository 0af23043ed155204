// The entries of one map while they are read: duplicate keys, merge keys (<<), and keys that no map may have.

import type { ConfigNode, MapEntry, MapNode } from '../tree/node.ts';
import { isForbiddenKey } from '../tree/node.ts';
import type { Cursor } from './cursor.ts';

export class MapBuilder {
  private readonly entries = new Map<string, MapEntry>();
  private merged: ConfigNode[] = [];
  private readonly cursor: Cursor;
  private readonly offset: number;

  constructor(cursor: Cursor, offset: number) {
    this.cursor = cursor;
    this.offset = offset;
  }

  add(key: ConfigNode, node: ConfigNode): void {
    if (key.kind !== 'scalar') this.cursor.stop(`a ${key.kind} cannot be a key`, undefined, key.offset);
    this.addText(key.text, key.offset, node);
  }

  /** The last of two equal keys counts, as with Go's parser; the caller hears of both. */
  addText(name: string, offset: number, node: ConfigNode): void {
    if (isForbiddenKey(name)) this.cursor.stop(`${name} cannot be a key`, undefined, offset);
    // Only without quotes.
    if (name === '<<' && this.cursor.text[offset] === '<' && node.kind !== 'scalar') {
      this.merged.push(node);
      return;
    }
    const before = this.entries.get(name);
    if (before !== undefined) this.cursor.duplicates.push({ key: name, offset, first: before.offset });
    this.entries.set(name, { node, offset });
  }

  finish(): MapNode {
    for (const node of this.merged) this.merge(node);
    return { kind: 'map', entries: this.entries, source: this.cursor.source, offset: this.offset };
  }

  /** What stands in the map itself wins, then the first of the merged maps. */
  private merge(node: ConfigNode): void {
    for (const one of node.kind === 'list' ? node.items : [node]) {
      if (one.kind !== 'map') this.cursor.stop('<< takes a map or a list of maps', undefined, one.offset);
      for (const [name, entry] of one.entries) {
        if (this.entries.has(name)) continue;
        this.cursor.take();
        this.entries.set(name, entry);
      }
    }
  }
}
