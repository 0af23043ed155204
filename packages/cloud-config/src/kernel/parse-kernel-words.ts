// Configuration from kernel words: `rancher.KEY=VALUE`, and `cc.KEY=VALUE` for keys of the top level. Needs no YAML.

import { quoteText } from '@drover/core';
import type { ConfigNode, MapEntry, Source } from '@drover/yaml';
import { isForbiddenKey, parseFlowValue } from '@drover/yaml';
import type { Layer } from '../layers/layer.ts';
import { checkTree } from '../check/check-tree.ts';
import { KERNEL_LINE, KERNEL_LINE_ELIDED } from '../names.ts';
import type { ConfigProblem, ProblemCode } from '../problem.ts';
import { findSpec, parseKeyPath } from '../schema/key-path.ts';
import type { KernelLine } from './split-kernel-line.ts';

/** One layer, and a second one above it when there are words after `--`. */
export function parseKernelWords(line: KernelLine): readonly Layer[] {
  const layers = [layerOf(KERNEL_LINE, line.words)];
  if (line.elided.length > 0) layers.push(layerOf(KERNEL_LINE_ELIDED, line.elided, `rancher.environment.EXTRA_CMDLINE=${['/init', ...line.elided].join(' ')}`));
  return layers;
}

function layerOf(name: string, words: readonly string[], exact?: string): Layer {
  const builder = new TreeBuilder({ name });
  for (const word of words) {
    if (word.startsWith('rancher.')) builder.add(word);
    else if (word.startsWith('cc.')) builder.add(word.slice(3));
  }
  if (exact !== undefined) builder.add(exact, true);
  const { tree, problems } = checkTree({ kind: 'map', entries: builder.root, source: { name }, offset: 0 });
  return { name, tree, problems: [...builder.problems, ...problems] };
}

type MutableMap = Map<string, MapEntry>;

class TreeBuilder {
  readonly root: MutableMap = new Map();
  readonly problems: ConfigProblem[] = [];
  private readonly source: Source;

  constructor(source: Source) {
    this.source = source;
  }

  /** `literal`: the value is text, whatever it looks like. */
  add(word: string, literal = false): void {
    const equals = word.indexOf('=');
    const key = equals < 0 ? word : word.slice(0, equals);
    const path = parseKeyPath(key);
    if (path.some((part) => part === '' || isForbiddenKey(part))) {
      this.report('bad-key', key, `${quoteText(key)} is not a key`, 'write rancher.KEY=VALUE with one dot between the parts');
      return;
    }
    const found = findSpec(path);
    if (equals < 0 && found !== undefined && found.type !== 'boolean') {
      this.report('missing-value', key, `${key} needs a value`, `write ${key}=VALUE`);
      return;
    }
    const text = equals < 0 ? 'true' : word.slice(equals + 1);
    const node: ConfigNode = literal ? { kind: 'scalar', value: text, text, source: this.source, offset: 0 } : parseFlowValue(text, this.source);
    this.set(path, key, node, found?.spec?.repeatable === true);
  }

  private set(path: readonly string[], key: string, node: ConfigNode, repeatable: boolean): void {
    let at = this.root;
    for (const part of path.slice(0, -1)) {
      const below = at.get(part)?.node;
      if (below !== undefined && below.kind !== 'map') {
        this.report('bad-key', key, `${key} is below a key that has a value of its own`, 'leave one of the two words out');
        return;
      }
      const entries: MutableMap = below === undefined ? new Map() : (below.entries as MutableMap);
      if (below === undefined) at.set(part, { node: { kind: 'map', entries, source: this.source, offset: 0 }, offset: 0 });
      at = entries;
    }
    const last = path.at(-1)!;
    const before = at.get(last)?.node;
    if (before?.kind === 'map') {
      this.report('bad-key', key, `${key} has keys below it and cannot have a value`, 'leave this word out');
      return;
    }
    const value = repeatable && before !== undefined ? append(before, node) : node;
    at.set(last, { node: value, offset: 0 });
  }

  private report(code: ProblemCode, key: string, message: string, hint: string): void {
    this.problems.push({ code, severity: 'error', message, source: this.source.name, key, hint });
  }
}

function append(before: ConfigNode, node: ConfigNode): ConfigNode {
  const items = [before, node].flatMap((one) => (one.kind === 'list' ? one.items : [one]));
  return { kind: 'list', items, source: node.source, offset: 0 };
}
