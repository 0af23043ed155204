// The same texts to our reader and to the npm package `yaml`: made-up configurations in every style, then the same ones
// with small damage. Where both read a text they must read the same; where only one does, the text is left alone here.

import { Dice, fail, ok, test } from '@drover/testing';
import { Composer, Parser } from 'yaml';
import type { ConfigNode } from '../tree/node.ts';
import { parseYaml } from './parse-yaml.ts';

type Plain = string | Plain[] | { [key: string]: Plain };

const TEXTS = [
  'a', 'foo', 'b c', 'x: y', '#no', 'a #b', '- d', 'yes', '~', 'null', '0755', '[x', "it's", 'say "hi"', 'http://h:80/p?a=b', '\u00e9\u20ac', '', '  lead', 'trail  ',
  'multi\nline', 'multi\n\nline\n', 'tab\there', '*st', '&am', '!t', '%p', '@at', '`b', '|', '>', '{}', '? q', ':', 'a:', '-', '--- x', 'key: |', '\\n', 'a,b', '[1,2]',
];

const DAMAGE = [' ', '\n', '\t', ':', '-', '#', '[', ']', '{', '}', '"', "'", ',', '&a ', '*a ', '|', '>', '!!str ', '---\n', '\\', '  ', ': ', '- ', 'a', '\n\n'];

class Writer {
  private readonly dice: Dice;

  constructor(dice: Dice) {
    this.dice = dice;
  }

  value(depth: number): Plain {
    const kind = this.dice.roll(10);
    if (depth > 3 || kind < 5) return this.dice.pick(TEXTS);
    if (kind < 7) return Array.from({ length: this.dice.roll(4) }, () => this.value(depth + 1));
    return Object.fromEntries(Array.from({ length: this.dice.roll(4) }, () => [this.dice.pick(TEXTS).replace(/\n/g, ' '), this.value(depth + 1)]));
  }

  private scalar(text: string, flow: boolean): string {
    const style = this.dice.roll(4);
    const plain = /^[A-Za-z0-9\u00e9/][^\n#]*$/.test(text) && !/: |:$| $/.test(text) && !(flow && /[,[\]{}:]/.test(text));
    if (style < 2 && plain) return text;
    return style === 2 && !/[\n\t]/.test(text) ? `'${text.replace(/'/g, "''")}'` : JSON.stringify(text);
  }

  private flow(value: Plain): string {
    const gap = (): string => this.dice.pick(['', '', ' ', '\n   ', ' # c\n  ']);
    if (typeof value === 'string') return this.scalar(value, true);
    if (Array.isArray(value)) return `[${value.map((item) => gap() + this.flow(item) + gap()).join(',')}${gap()} ]`;
    return `{${Object.entries(value).map(([key, item]) => `${gap()}${this.scalar(key, true)}: ${this.flow(item)}${gap()}`).join(',')}${gap()} }`;
  }

  private comment(): string {
    return this.dice.roll(6) === 0 ? ' # c' : '';
  }

  private behind(value: Plain, indent: number): string {
    if (typeof value === 'string') {
      if (!value.includes('\n') || this.dice.roll(2) === 0 || indent === 0) return ` ${this.scalar(value, false)}${this.comment()}\n`;
      const chomp = value.endsWith('\n') ? '' : '-';
      const lines = value.replace(/\n$/, '').split('\n');
      return ` |${chomp}${this.comment()}\n${lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n')}\n`;
    }
    if (Object.keys(value).length === 0 || this.dice.roll(6) === 0) return ` ${this.flow(value)}${this.comment()}\n`;
    return `${this.comment()}\n${this.block(value, indent)}`;
  }

  block(value: Plain, indent: number): string {
    const blanks = ' '.repeat(indent);
    const between = (): string => (this.dice.roll(8) === 0 ? this.dice.pick(['\n', '# c\n', `${blanks}# c\n`]) : '');
    if (typeof value === 'string') return `${blanks}${this.scalar(value, false)}\n`;
    if (Array.isArray(value)) return value.map((item) => `${between()}${blanks}-${this.behind(item, indent + 1 + this.dice.roll(3))}`).join('');
    return Object.entries(value)
      .map(([key, item]) => {
        const deeper = Array.isArray(item) && this.dice.roll(3) === 0 ? 0 : 1 + this.dice.roll(3);
        return `${between()}${blanks}${this.scalar(key, false)}${this.dice.pick([':', ':', ' :'])}${this.behind(item, indent + deeper)}`;
      })
      .join('');
  }

  damage(text: string): string {
    let out = text;
    for (let i = this.dice.roll(4); i > 0; i -= 1) {
      const at = this.dice.roll(out.length + 1);
      out = this.dice.roll(2) === 0 ? out.slice(0, at) + this.dice.pick(DAMAGE) + out.slice(at) : out.slice(0, at) + out.slice(at + 1 + this.dice.roll(3));
    }
    return out;
  }
}

function ours(text: string): string | undefined {
  const { root } = parseYaml(text, 'test');
  return root === undefined ? undefined : canonical(plainOf(root));
}

function plainOf(node: ConfigNode): Plain {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'list') return node.items.map(plainOf);
  return Object.fromEntries(Array.from(node.entries, ([key, entry]) => [key, plainOf(entry.node)]));
}

/** All scalars as text, so that typing plays no part. */
function theirs(text: string): string | undefined {
  const [first] = [...new Composer({ schema: 'failsafe', uniqueKeys: false, merge: false, logLevel: 'silent' }).compose(new Parser().parse(text))];
  if (first === undefined) return canonical('');
  return first.errors.length > 0 ? undefined : canonical(fromLibrary(first.toJS({ mapAsMap: true })));
}

function fromLibrary(value: unknown): Plain {
  if (Array.isArray(value)) return value.map(fromLibrary);
  if (value instanceof Map) return Object.fromEntries(Array.from(value as Map<unknown, unknown>, ([key, item]) => [typeof key === 'string' ? key : '', fromLibrary(item)]));
  return typeof value === 'string' ? value : '';
}

function canonical(value: Plain): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`).join()}}`;
}

test('texts are read as the npm package yaml reads them', () => {
  let compared = 0;
  for (let seed = 1; seed <= 250; seed += 1) {
    const dice = new Dice(seed);
    const writer = new Writer(dice);
    const value: Plain = Object.fromEntries(Array.from({ length: 1 + dice.roll(4) }, () => [dice.pick(TEXTS).replace(/\n/g, ' '), writer.value(0)]));
    const clean = writer.block(value, 0);
    for (const text of [clean, writer.damage(clean)]) {
      const [a, b] = [ours(text), theirs(text)];
      if (text === clean && a !== canonical(value)) fail(`seed ${seed}: wrote ${canonical(value)}\n  read ${a}\n${text}`);
      if (a === undefined || b === undefined) continue;
      compared += 1;
      if (a !== b) fail(`seed ${seed}: read ${a}\n  library ${b}\n${text}`);
    }
  }
  ok(compared > 300, `only ${compared} texts were compared`);
});
