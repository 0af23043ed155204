// From what a file says to the one long form of it: checks every value against its shape, turns short forms into long
// ones, resolves paths against the file's folder. What is wrong becomes a problem and is left out, so that the rest can
// be looked at as well.

import { closestName, join, quoteText, resolvePath } from '@drover/core';
import type { ConfigNode, MapEntry, MapNode } from '@drover/yaml';
import { placeOf } from '@drover/yaml';
import type { ComposeProblem, ComposeProblemCode } from '../problem.ts';
import type { DictShape, ListShape, MappingShape, ObjectShape, ScalarShape, Shape } from '../schema/shape.ts';
import { isExtension } from '../schema/shape.ts';
import { isRemoteContext } from '../schema/remote-context.ts';
import { mapNode, RESET, scalarNode } from '../load/nodes.ts';
import { readScalar } from './read-scalar.ts';
import { describeShape } from './describe-shape.ts';

export interface CanonicalOptions {
  /** What relative paths are relative to; undefined leaves them as they are. */
  readonly folder: string | undefined;
  readonly home: string;
  /** In a file of version 1 or 2 an item that stands twice in a list is an error; later formats drop it. */
  readonly uniqueItems?: boolean;
}

/** What a shape's own functions may ask for and report to. */
export class Canonical {
  readonly problems: ComposeProblem[] = [];
  readonly options: CanonicalOptions;
  private readonly keys: string[] = [];

  constructor(options: CanonicalOptions) {
    this.options = options;
  }

  report(code: ComposeProblemCode, message: string, node: { readonly source: ConfigNode['source']; readonly offset: number }, hint?: string, severity: 'error' | 'warning' = 'error'): undefined {
    const key = this.keys.join('.');
    const service = this.keys[0] === 'services' ? this.keys[1] : undefined;
    this.problems.push({ code, severity, message, ...placeOf(node.source, node.offset), ...(key !== '' && { key }), ...(hint !== undefined && { hint }), ...(service !== undefined && { service }) });
    return undefined;
  }

  within<T>(key: string, work: () => T): T {
    this.keys.push(key);
    try {
      return work();
    } finally {
      this.keys.pop();
    }
  }

  /** An absolute path; `~` is the user's home. */
  resolvePath(path: string): string {
    const { folder, home } = this.options;
    if (path === '' || folder === undefined) return path;
    if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
    return path.startsWith('/') ? path : resolvePath(folder, path);
  }

  /** Undefined when nothing of it can be used; why is among the problems. */
  convert(node: ConfigNode, shape: Shape): ConfigNode | undefined {
    if (node.tag === RESET) return node;
    const long = shape.long === undefined ? node : shape.long(node, this);
    if (long === undefined) return undefined;
    const converted = this.byKind(long, shape);
    return converted === undefined || node.tag === undefined || converted.tag === node.tag ? converted : { ...converted, tag: node.tag };
  }

  private byKind(node: ConfigNode, shape: Shape): ConfigNode | undefined {
    switch (shape.kind) {
      case 'scalar': return this.scalar(node, shape);
      case 'list': return this.list(node, shape);
      case 'mapping': return this.mapping(node, shape);
      case 'dict': return this.dict(node, shape);
      case 'object':
      default: return this.object(node, shape);
    }
  }

  // ---- the kinds

  private scalar(node: ConfigNode, shape: ScalarShape): ConfigNode | undefined {
    if (node.kind !== 'scalar') return this.wrongType(node, shape);
    const read = readScalar(node, shape);
    if (read.wrong === 'type') return this.wrongType(node, shape);
    if (read.wrong !== undefined) return this.report('bad-value', `${this.subject()} ${read.wrong}`, node, read.hint);
    if (shape.path === undefined || typeof read.value !== 'string') return scalarNode(read.value, node);
    const remote = shape.path === 'context' && isRemoteContext(read.value);
    return scalarNode(remote ? read.value : this.resolvePath(read.value), node);
  }

  private list(node: ConfigNode, shape: ListShape): ConfigNode | undefined {
    if (node.kind === 'scalar' && node.value === null) return shape.replace === true ? node : undefined;
    if (node.kind !== 'list') return this.wrongType(node, shape);
    const items: ConfigNode[] = [];
    const seen = new Map<string, number>();
    node.items.forEach((item, at) => {
      if (item.tag === RESET) return;
      this.within(`[${at}]`, () => {
        const spread = shape.spread === undefined ? [item] : shape.spread(item, this);
        for (const one of spread) {
          if (shape.dropEmpty === true && one.kind === 'scalar' && (one.value === null || one.value === '')) continue;
          const converted = one === item ? this.convert(one, shape.of) : one;
          if (converted === undefined) continue;
          const identity = shape.identity?.(converted);
          const before = identity === undefined ? undefined : seen.get(identity);
          if (before === undefined) items.push(converted);
          else items[before] = converted;
          if (identity !== undefined && before === undefined) seen.set(identity, items.length - 1);
        }
      });
    });
    if (this.options.uniqueItems === true && shape.identity !== undefined) this.checkUnique(node.items, node);
    return { ...node, items };
  }

  private checkUnique(items: readonly ConfigNode[], node: ConfigNode): void {
    const texts = items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []));
    if (new Set(texts).size < texts.length) this.report('non-unique', `${this.subject()} value [${texts.join(' ')}] has non-unique elements`, node, 'write each only once');
  }

  private mapping(node: ConfigNode, shape: MappingShape): ConfigNode | undefined {
    if (node.kind === 'scalar' && node.value === null) return undefined;
    if (node.kind === 'scalar') return this.wrongType(node, shape);
    const entries = new Map<string, MapEntry>();
    const bare = shape.bare === 'null' ? null : '';
    if (node.kind === 'map') {
      for (const [key, entry] of node.entries) {
        const value = this.within(key, () => this.mappingValue(entry.node, bare));
        if (value !== undefined) entries.set(key, { ...entry, node: value });
      }
      return { ...node, entries };
    }
    for (const item of node.items) {
      if (item.tag === RESET) continue;
      if (item.kind !== 'scalar' || item.value === null) {
        this.wrongType(item, { kind: 'scalar', type: 'text' });
        continue;
      }
      const equals = item.text.indexOf('=');
      const key = equals < 0 ? item.text : item.text.slice(0, equals);
      entries.set(key, { node: scalarNode(equals < 0 ? bare : item.text.slice(equals + 1), item), offset: item.offset });
    }
    return mapNode(entries, node);
  }

  private mappingValue(node: ConfigNode, bare: string | null): ConfigNode | undefined {
    if (node.tag === RESET) return node;
    if (node.kind !== 'scalar') return this.wrongType(node, { kind: 'scalar', type: 'numeral' });
    return node.value === null ? scalarNode(bare, node) : convertedText(node);
  }

  private dict(node: ConfigNode, shape: DictShape): ConfigNode | undefined {
    if (node.kind === 'scalar' && node.value === null) return undefined;
    if (node.kind !== 'map') return this.wrongType(node, shape);
    const entries = new Map<string, MapEntry>();
    for (const [name, entry] of node.entries) {
      this.within(name, () => {
        if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
          this.report('bad-name', `${quoteText(name)} cannot be a name here`, { source: node.source, offset: entry.offset }, 'use letters, digits, dots, hyphens and underscores');
          return;
        }
        const empty = entry.node.kind === 'scalar' && entry.node.value === null;
        const value = empty && shape.nullable === true ? entry.node : this.convert(entry.node, shape.of);
        if (value !== undefined) entries.set(name, { ...entry, node: value });
      });
    }
    return { ...node, entries };
  }

  private object(node: ConfigNode, shape: ObjectShape): ConfigNode | undefined {
    if (node.kind === 'scalar' && shape.or !== undefined) return this.scalar(node, shape.or);
    if (node.kind === 'scalar' && node.value === null) return undefined;
    if (node.kind !== 'map') return this.wrongType(node, shape);
    const entries = new Map<string, MapEntry>();
    for (const [key, entry] of node.entries) {
      if (isExtension(key)) {
        entries.set(key, entry);
        continue;
      }
      this.within(key, () => {
        const of = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
        const value = of === undefined ? this.unknownKey(key, shape, { source: node.source, offset: entry.offset }) : this.convert(entry.node, of);
        if (value !== undefined) entries.set(key, { ...entry, node: value });
      });
    }
    const converted: MapNode = { ...node, entries };
    return shape.finish === undefined ? converted : shape.finish(converted, this);
  }

  // ---- messages, in libcompose's words where it had some

  /** "Service 'web' configuration key 'ports'". */
  subject(): string {
    const [section, name, ...rest] = this.keys;
    if (section === undefined) return 'The file';
    if (name === undefined) return `Top level key '${section}'`;
    const what = `${SUBJECTS[section] ?? section} '${name}'`;
    return rest.length === 0 ? what : `${what} configuration key '${joinKeys(rest)}'`;
  }

  private wrongType(node: ConfigNode, shape: Shape): undefined {
    const scalar = shape.kind === 'scalar' && node.kind === 'scalar';
    return this.report('wrong-type', `${this.subject()} contains an invalid type, it should be ${describeShape(shape)}.`, node, scalar && node.value !== null ? `put ${quoteText(node.text)} in quotes` : undefined);
  }

  private unknownKey(key: string, shape: ObjectShape, place: { readonly source: ConfigNode['source']; readonly offset: number }): undefined {
    const close = closestName(key, Object.keys(shape.keys));
    const meant = close === undefined ? '' : ` (did you mean '${close}'?)`;
    const [section, name, ...rest] = this.keys;
    const message = name === undefined
      ? `Unsupported top-level option: '${section!}'${meant}`
      : `Unsupported config option for ${name} ${(SUBJECTS[section!] ?? section!).toLowerCase()}: '${joinKeys(rest)}'${meant}`;
    return this.report('unknown-key', message, place, close === undefined ? 'keys of your own begin with x-' : undefined);
  }
}

const SUBJECTS: Readonly<Record<string, string>> = { services: 'Service', networks: 'Network', volumes: 'Volume', secrets: 'Secret', configs: 'Config' };

function joinKeys(keys: readonly string[]): string {
  return keys.join('.').replace(/\.\[/g, '[');
}

function convertedText(node: ConfigNode & { kind: 'scalar' }): ConfigNode {
  const read = readScalar(node, { kind: 'scalar', type: 'numeral' });
  return scalarNode(typeof read.value === 'string' ? read.value : node.text, node);
}
