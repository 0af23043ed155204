// Compares a tree with the schema. Each layer is checked on its own, before it is merged, so that a wrong value takes
// down its own key only and the layers below still count.

import { KEY_LIMIT, quoteText, shorten } from '@drover/core';
import { kindOf, placeOf } from '@drover/yaml';
import type { ConfigNode, ListNode, MapEntry, MapNode, ScalarNode } from '@drover/yaml';
import type { ConfigProblem, ProblemCode } from '../problem.ts';
import type { KeySpec, ObjectSpec } from '../schema/key-spec.ts';
import type { Complaint, ScalarType } from '../schema/scalar-types.ts';
import { shapeOf, specOf } from '../schema/schema.ts';
import { suggestKey } from './suggest-key.ts';

export interface CheckResult {
  /** Without the values that are wrong; unknown keys stay. */
  readonly tree: MapNode;
  readonly problems: readonly ConfigProblem[];
}

export interface CheckOptions {
  /** False for a layer the user did not write: no word about keys that this version does not act on. */
  readonly announce?: boolean;
}

/** A text with more mistakes than this was not meant to be a cloud-config. */
const PROBLEM_LIMIT = 50;

export function checkTree(tree: MapNode, options: CheckOptions = {}): CheckResult {
  const checker = new Checker();
  const checked = checker.object(shapeOfRoot(), tree, { path: '', secret: false, announce: options.announce ?? true });
  return { tree: checked, problems: checker.result(tree) };
}

function shapeOfRoot(): ObjectSpec {
  const shape = shapeOf('root');
  return shape.is === 'object' ? shape.keys : {};
}

interface Context {
  readonly path: string;
  readonly secret: boolean;
  readonly announce: boolean;
  readonly repeatable?: boolean;
  /** The path of the list item that a mistake in one of its keys takes down. */
  readonly item?: string;
}

/** Lists in which the same item twice is a slip. */
const UNIQUE_ITEMS: readonly string[] = ['ssh key', 'device path', 'terminal'];

class Checker {
  private readonly problems: ConfigProblem[] = [];
  private dropped = 0;
  private errors = 0;

  result(tree: MapNode): readonly ConfigProblem[] {
    if (this.dropped === 0) return this.problems;
    return [...this.problems, { code: 'more-problems', severity: 'warning', message: `there are ${this.dropped} more problems`, ...placeOf(tree.source, tree.offset) }];
  }

  private report(code: ProblemCode, complaint: Complaint, node: ConfigNode, context: Context, offset = node.offset): undefined {
    if (complaint.severity === 'error') this.errors += 1;
    if (this.problems.length >= PROBLEM_LIMIT) {
      this.dropped += 1;
      return;
    }
    const text = node.kind === 'scalar' && !context.secret && node.text !== '' ? { text: shorten(node.text) } : {};
    const hints = [complaint.hint, complaint.severity === 'error' && context.item !== undefined ? `all of ${context.item} is left out` : undefined].filter((one) => one !== undefined);
    const hint = hints.length === 0 ? {} : { hint: hints.join('; ') };
    this.problems.push({ code, ...complaint, ...hint, ...placeOf(node.source, offset), ...(context.path === '' ? {} : { key: context.path }), ...text });
  }

  private wrongType(expected: string, node: ConfigNode, context: Context, hint?: string): undefined {
    const got = node.kind === 'scalar' && node.value !== null && !context.secret ? quoteText(node.text) : kindOf(node);
    return this.report('wrong-type', { severity: 'error', message: `expected ${expected}, got ${got}`, ...(hint === undefined ? {} : { hint }) }, node, context);
  }

  object(keys: ObjectSpec, map: MapNode, context: Context): MapNode {
    return this.entries(this.respell(keys, map, context), (key, entry) => {
      const path = below(context.path, key);
      const spec = specOf(keys, key);
      if (spec === undefined) {
        const hint = this.problems.length < PROBLEM_LIMIT ? suggestKey(key, keys, context.path) : undefined;
        this.report('unknown-key', { severity: 'warning', message: `unknown key ${shorten(path, KEY_LIMIT)}`, ...(hint === undefined ? {} : { hint }) }, entry.node, { ...context, path, secret: true }, entry.offset);
        return entry.node;
      }
      const inner: Context = { ...context, path, secret: context.secret || spec.secret !== undefined, announce: context.announce && spec.works === true, repeatable: spec.repeatable === true };
      if (context.announce && spec.works !== true) this.announce(spec, entry, inner);
      return this.value(spec.type, entry.node, inner);
    });
  }

  /** Other systems write `write-files`, and many files do: a key with hyphens counts as the one with underscores. */
  private respell(keys: ObjectSpec, map: MapNode, context: Context): MapNode {
    let respelled: Map<string, MapEntry> | undefined;
    for (const [key, entry] of map.entries) {
      if (!key.includes('-')) continue;
      const name = key.replaceAll('-', '_');
      respelled ??= new Map(map.entries);
      if (specOf(keys, name) === undefined || respelled.has(name)) continue;
      respelled.delete(key);
      respelled.set(name, entry);
      const path = below(context.path, key);
      this.report('respelled-key', { severity: 'warning', message: `${path} is read as ${name}`, hint: `write ${name}` }, entry.node, { ...context, path, secret: true }, entry.offset);
    }
    return respelled === undefined ? map : { ...map, entries: respelled };
  }

  private announce(spec: KeySpec, entry: MapEntry, context: Context): void {
    if (spec.ignored === undefined) this.report('not-yet', { severity: 'warning', message: `this version does not act on ${context.path} yet` }, entry.node, { ...context, secret: true }, entry.offset);
    else this.report('ignored-key', { severity: 'warning', message: `${context.path} has no effect: ${spec.ignored}` }, entry.node, { ...context, secret: true }, entry.offset);
  }

  private value(type: string, node: ConfigNode, context: Context): ConfigNode | undefined {
    const shape = shapeOf(type);
    switch (shape.is) {
      case 'scalar': return this.scalar(shape, node, context);
      case 'list': return this.list(shape.of, node, context);
      case 'command': return this.command(node, context);
      case 'mount': return this.mount(node, context);
      case 'object': case 'map': case 'service': break;
    }
    // A section whose keys are all commented out was not meant to clear what is below; a written null was.
    if (isNull(node) && (shape.is === 'map' || !isMissing(node))) return node;
    if (isNull(node)) return this.report('missing-value', { severity: 'warning', message: `${context.path} is empty, so it changes nothing`, hint: 'indent what belongs to it' }, node, context);
    if (node.kind !== 'map') return this.wrongType('a map', node, context, isOneLine(node) ? `name a key below it: ${context.path}.KEY` : 'write NAME: VALUE, indented below it');
    if (shape.is === 'object') return this.object(shape.keys, node, context);
    if (shape.is === 'map') return this.entries(node, (key, entry) => this.value(shape.of, entry.node, { ...context, path: below(context.path, key) }));
    return node;
  }

  private scalar(type: ScalarType<unknown>, node: ConfigNode, context: Context): ScalarNode | undefined {
    if (node.kind !== 'scalar') return this.wrongType(type.name, node, context, type.hint);
    if (node.value === null) return node;
    if (type.emptyIsNull === true && node.text.trim() === '') return { ...node, value: null };
    if (type.read(node.text) === undefined) return this.wrongType(type.name, node, context, type.hint);
    const complaint = type.examine?.(node.text);
    if (complaint === undefined) return node;
    const bad = complaint.severity === 'error';
    this.report(bad ? 'bad-value' : 'doubtful-value', complaint, node, context);
    return bad ? undefined : node;
  }

  private list(itemType: string, node: ConfigNode, context: Context): ConfigNode | undefined {
    const item = shapeOf(itemType);
    if (isNull(node)) return node;
    if (node.kind === 'map') return this.wrongType('a list', node, context, isOneLine(node) ? 'write [a, b]' : 'begin each item with a hyphen and a blank');
    let list: ListNode;
    if (node.kind === 'list') {
      list = node;
    } else {
      // Dropping a lone key or disk would lock its owner out; what was meant is beyond doubt.
      if (item.is !== 'scalar') return this.wrongType('a list', node, context, isOneLine(node) ? 'write [a, b]' : 'begin each item with a hyphen and a blank');
      if (context.repeatable !== true) this.report('doubtful-value', { severity: 'warning', message: 'expected a list; the value is taken as its only item', hint: `write [${context.secret ? 'VALUE' : shorten(node.text)}]` }, node, context);
      list = { kind: 'list', items: [node], source: node.source, offset: node.offset };
    }
    const items: ConfigNode[] = [];
    const seen = UNIQUE_ITEMS.includes(itemType) ? new Set<string>() : undefined;
    list.items.forEach((one, i) => {
      const path = `${context.path}[${i}]`;
      const inner: Context = item.is === 'object' ? { ...context, path, item: path } : { ...context, path };
      for (const part of itemType === 'ssh key' ? this.linesOf(one, inner) : [one]) {
        const checked = this.item(itemType, part, inner, seen);
        if (checked !== undefined) items.push(checked);
      }
    });
    return sameItems(items, list.items) ? list : { ...list, items };
  }

  private item(type: string, node: ConfigNode, context: Context, seen: Set<string> | undefined): ConfigNode | undefined {
    if (isNull(node)) return this.report('missing-value', { severity: 'warning', message: 'an item of the list is empty' }, node, context);
    const before = this.errors;
    const checked = this.value(type, node, context);
    // A file with the wrong permissions may be worse than none.
    if (context.item !== undefined && this.errors > before) return undefined;
    if (seen === undefined || checked?.kind !== 'scalar') return checked;
    const text = checked.text.trim();
    if (seen.has(text)) return this.report('doubtful-value', { severity: 'warning', message: 'this stands in the list already' }, node, context);
    seen.add(text);
    return checked;
  }

  /** Several keys in one block of text: authorized_keys(5) would take them, and so do we, line by line. */
  private linesOf(node: ConfigNode, context: Context): readonly ConfigNode[] {
    if (node.kind !== 'scalar' || !node.text.trim().includes('\n') || node.text.includes('-----BEGIN')) return [node];
    this.report('doubtful-value', { severity: 'warning', message: 'several lines in one item are taken as several keys', hint: 'give each key an item of its own' }, node, context);
    const lines = node.text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
    return lines.map((text) => ({ ...node, text, value: text }));
  }

  private command(node: ConfigNode, context: Context): ConfigNode | undefined {
    if (node.kind === 'scalar' ? node.value !== null : node.kind === 'list' && node.items.every((item) => item.kind === 'scalar')) return node;
    return this.wrongType('a command', node, context, 'write a shell line, or a list of a program and its arguments');
  }

  private mount(node: ConfigNode, context: Context): ConfigNode | undefined {
    if (node.kind === 'list' && node.items.length >= 2 && node.items.length <= MOUNT_FIELDS && node.items.every((item) => item.kind === 'scalar')) return withEmptyFields(node);
    return this.wrongType('a mount', node, context, 'write [device, mount point, type, options], with "" for what is empty');
  }

  /** The map with each entry replaced by what `check` makes of it; entries without a result fall away. */
  private entries(map: MapNode, check: (key: string, entry: MapEntry) => ConfigNode | undefined): MapNode {
    const entries = new Map<string, MapEntry>();
    let same = true;
    for (const [key, entry] of map.entries) {
      const node = check(key, entry);
      same &&= node === entry.node;
      if (node !== undefined) entries.set(key, node === entry.node ? entry : { ...entry, node });
    }
    return same ? map : { ...map, entries };
  }
}

/** Device, mount point, type, options; the last two may be left out. */
const MOUNT_FIELDS = 4;

function withEmptyFields(node: ListNode): ListNode {
  if (node.items.length === MOUNT_FIELDS) return node;
  const { source, offset } = node;
  const missing = Array.from({ length: MOUNT_FIELDS - node.items.length }, (): ConfigNode => ({ kind: 'scalar', value: '', text: '', source, offset }));
  return { ...node, items: [...node.items, ...missing] };
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Written on one line outside a file, where nothing can be indented. */
function isOneLine(node: ConfigNode): boolean {
  return node.source.lineStarts === undefined;
}

/** Nothing stands behind the colon. */
function isMissing(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.text === '' && !isOneLine(node);
}

function isNull(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function sameItems(a: readonly ConfigNode[], b: readonly ConfigNode[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
