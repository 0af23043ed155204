// Where the YAML reader stands in its text, what it skips, and how much it may still do.

import type { ConfigNode, Source } from '../tree/node.ts';

/** Nested deeper than this, aliases followed, no configuration is. */
export const DEPTH_LIMIT = 64;
/** Values in one text, each use of an alias counted with everything below it. */
export const NODE_LIMIT = 20_000;

/** Ends the reading of one text; caught in parse-yaml.ts and nowhere else. */
export class YamlStop extends Error {
  readonly code: 'yaml-syntax' | 'too-deep' | 'too-many-values';
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(code: YamlStop['code'], message: string, offset: number, hint?: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.hint = hint;
  }
}

interface Anchor {
  readonly node: ConfigNode;
  /** Values in it, and levels below it. */
  readonly size: number;
  readonly height: number;
}

export class Cursor {
  at = 0;
  lineStart = 0;
  /** At the end of the document: nothing follows, or `---` or `...` does. */
  ended = false;
  readonly text: string;
  readonly source: Source;
  /** Second and later uses of a key, for the caller to report. */
  readonly duplicates: { readonly key: string; readonly offset: number; readonly first: number }[] = [];
  private readonly anchors = new Map<string, Anchor>();
  private lineEndOf = -1;
  private lineEndAt = 0;
  private count = 0;
  private depth = 0;
  private deepest = 0;

  /** Tags that nodes keep. */
  readonly tags: readonly string[];

  constructor(text: string, source: Source, tags: readonly string[] = []) {
    this.text = text;
    this.source = source;
    this.tags = tags;
  }

  stop(message: string, hint?: string, offset: number = this.at): never {
    throw new YamlStop('yaml-syntax', message, offset, hint);
  }

  get column(): number {
    return this.at - this.lineStart;
  }

  /** The offset of the line break that ends this line, or of the end of the text. */
  get lineEnd(): number {
    if (this.lineEndOf !== this.lineStart) {
      const end = this.text.indexOf('\n', this.lineStart);
      this.lineEndOf = this.lineStart;
      this.lineEndAt = end < 0 ? this.text.length : end;
    }
    return this.lineEndAt;
  }

  nextLine(): void {
    this.at = Math.min(this.lineEnd + 1, this.text.length);
    this.lineStart = this.at;
  }

  /** Moves to `offset`, which may be lines ahead. */
  moveTo(offset: number): void {
    if (offset > this.lineEnd) this.lineStart = this.text.lastIndexOf('\n', offset - 1) + 1;
    this.at = offset;
  }

  /** A blank, a tab, a line break or the end of the text; there are no other control characters. */
  isGap(offset: number): boolean {
    const code = this.text.charCodeAt(offset);
    // NaN, outside the text, is not greater than anything.
    return !(code > 32);
  }

  isEntry(offset: number = this.at): boolean {
    return this.text.charCodeAt(offset) === 45 && this.isGap(offset + 1);
  }

  /** Whether a letter or digit stands here: most keys and values begin with one, and no indicator is one. */
  isWord(): boolean {
    const code = this.text.charCodeAt(this.at);
    return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);
  }

  /** The offset of the colon when a key without quotes, comments or other colons begins here, as most do; -1 otherwise. */
  endOfSimpleKey(): number {
    if (!this.isWord()) return -1;
    // No patterns where each line passes: QuickJS needs 2 us for one.
    const line = this.text.slice(this.at, this.lineEnd);
    const colon = line.indexOf(':');
    if (colon < 0 || !this.isGap(this.at + colon + 1) || this.isGap(this.at + colon - 1)) return -1;
    const hash = line.indexOf('#');
    return hash >= 0 && hash < colon ? -1 : this.at + colon;
  }

  skipBlanks(): void {
    const { text } = this;
    let { at } = this;
    for (let code = text.charCodeAt(at); code === 32 || code === 9; code = text.charCodeAt(at)) at += 1;
    this.at = at;
  }

  /** Whether the rest of the line is blank or a comment. */
  atLineEnd(): boolean {
    const code = this.text.charCodeAt(this.at);
    return Number.isNaN(code) || code === 10 || (code === 35 && this.isGap(this.at - 1));
  }

  /** Over blanks, comments and line breaks to the next value of block style. */
  skipToContent(): void {
    for (;;) {
      const from = this.at;
      // Locals: in QuickJS an access to a property costs as much as the comparison.
      const { text } = this;
      let at = from;
      let code = text.charCodeAt(at);
      while (code === 32) code = text.charCodeAt((at += 1));
      this.at = at;
      const tab = code === 9 ? at : -1;
      if (tab >= 0) {
        this.skipBlanks();
        code = text.charCodeAt(this.at);
      }
      if (Number.isNaN(code)) {
        this.ended = true;
        return;
      }
      if (code === 10 || (code === 35 && (this.at === this.lineStart || this.isGap(this.at - 1)))) {
        this.nextLine();
        continue;
      }
      if (tab >= 0 && from === this.lineStart) this.stop('a tab cannot indent a line', 'indent with blanks', tab);
      this.ended = this.at === this.lineStart && this.isMarker();
      return;
    }
  }

  /** At the start of a line: `---` or `...`. */
  isMarker(offset: number = this.lineStart): boolean {
    const code = this.text.charCodeAt(offset);
    if (code !== 45 && code !== 46) return false;
    return (this.text.startsWith('---', offset) || this.text.startsWith('...', offset)) && this.isGap(offset + 3);
  }

  // ---- budget and anchors

  /** Counts one value. */
  take(): void {
    this.count += 1;
    if (this.count > NODE_LIMIT) this.tooMany();
  }

  enter(): void {
    this.depth += 1;
    if (this.depth > this.deepest) this.deepest = this.depth;
    if (this.depth > DEPTH_LIMIT) throw new YamlStop('too-deep', `nested deeper than ${DEPTH_LIMIT} levels`, this.at);
  }

  leave(): void {
    this.depth -= 1;
  }

  private tooMany(): never {
    throw new YamlStop('too-many-values', `more than ${NODE_LIMIT} values`, this.at, 'an alias counts with everything below it');
  }

  /** Anchors are those of one document. */
  forgetAnchors(): void {
    this.anchors.clear();
  }

  /** Reads a value and remembers it under its anchor, with what it costs. */
  anchored(name: string, read: () => ConfigNode): ConfigNode {
    const [count, deepest] = [this.count, this.deepest];
    this.deepest = this.depth;
    const node = read();
    this.anchors.set(name, { node, size: this.count - count, height: this.deepest - this.depth });
    this.deepest = Math.max(this.deepest, deepest);
    return node;
  }

  /** The value behind `*name`, not copied. */
  alias(name: string, offset: number): ConfigNode {
    const anchor = this.anchors.get(name);
    if (anchor === undefined) this.stop(`there is no anchor &${name} above`, 'put a value that begins with * in quotes', offset);
    this.count += anchor.size;
    if (this.count > NODE_LIMIT) this.tooMany();
    const below = this.depth + anchor.height;
    if (below > DEPTH_LIMIT) throw new YamlStop('too-deep', `nested deeper than ${DEPTH_LIMIT} levels`, offset);
    this.deepest = Math.max(this.deepest, below);
    return anchor.node;
  }
}
