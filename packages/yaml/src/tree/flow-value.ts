// Values given on one line, outside a file: kernel words and `ros config set`. RancherOS reads them as YAML after taking
// their meaning from `:` and `?`, and takes the text as it is where that is not YAML. Same here, without YAML: lists in
// brackets, quoted text, and plain text with YAML's typing.

import type { ConfigNode, Source } from './node.ts';
import { endOfQuoted, unescapeDouble, unescapeSingle } from './quoted.ts';
import { resolvePlain } from './value.ts';

/** Deeper lists are taken as text. */
const DEPTH_LIMIT = 16;

/** Never fails: what cannot be read as a list or as quoted text is text. */
export function parseFlowValue(text: string, source: Source, offset = 0): ConfigNode {
  const reader = new FlowReader(text, source, offset);
  const first = text.trimStart()[0];
  const node = first === '[' || first === '"' || first === "'" ? reader.whole() : undefined;
  if (node !== undefined) return node;
  if (first === '[' || first === '"' || first === "'") return { kind: 'scalar', value: text, text, source, offset };
  const plain = text.replace(/\s#.*$/s, '').trim();
  return { kind: 'scalar', value: resolvePlain(plain), text: plain, source, offset };
}

class FlowReader {
  private at = 0;
  private readonly text: string;
  private readonly source: Source;
  private readonly offset: number;

  constructor(text: string, source: Source, offset: number) {
    this.text = text;
    this.source = source;
    this.offset = offset;
  }

  /** Undefined when the text is not exactly one list or one quoted scalar. */
  whole(): ConfigNode | undefined {
    this.skipBlanks();
    const node = this.value(0);
    this.skipBlanks();
    const rest = this.text.slice(this.at);
    return rest === '' || (rest.startsWith('#') && /\s/.test(this.text[this.at - 1]!)) ? node : undefined;
  }

  private skipBlanks(): void {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at]!)) this.at += 1;
  }

  private value(depth: number): ConfigNode | undefined {
    const first = this.text[this.at];
    if (first === '[') return depth < DEPTH_LIMIT ? this.list(depth) : undefined;
    return first === '"' || first === "'" ? this.quoted(first) : this.plain();
  }

  private list(depth: number): ConfigNode | undefined {
    const offset = this.offset + this.at;
    const items: ConfigNode[] = [];
    this.at += 1;
    for (;;) {
      this.skipBlanks();
      if (this.text[this.at] === ']') break;
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      this.skipBlanks();
      if (this.text[this.at] === ',') this.at += 1;
      else if (this.text[this.at] !== ']') return undefined;
    }
    this.at += 1;
    return { kind: 'list', items, source: this.source, offset };
  }

  private quoted(quote: string): ConfigNode | undefined {
    const start = this.at;
    const end = endOfQuoted(this.text, start);
    if (end < 0) return undefined;
    this.at = end + 1;
    const inside = this.text.slice(start + 1, end);
    const text = quote === '"' ? unescapeDouble(inside) : unescapeSingle(inside);
    return text === undefined ? undefined : { kind: 'scalar', value: text, text, source: this.source, offset: this.offset + start };
  }

  /** Up to a comma or a bracket. */
  private plain(): ConfigNode | undefined {
    const start = this.at;
    while (this.at < this.text.length && !',[]'.includes(this.text[this.at]!)) this.at += 1;
    const text = this.text.slice(start, this.at).trimEnd();
    if (text === '') return undefined;
    return { kind: 'scalar', value: resolvePlain(text), text, source: this.source, offset: this.offset + start };
  }
}
