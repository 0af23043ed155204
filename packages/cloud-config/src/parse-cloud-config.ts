// One text of configuration -> one layer. Whatever the text is, the result is a layer and a list of problems.

import { keyHint, parseYaml } from '@drover/yaml/read';
import { emptyTree, kindOf, placeOf, toValue } from '@drover/yaml';
import type { ConfigNode, MapNode, Value } from '@drover/yaml';
import { checkTree } from './check/check-tree.ts';
import { keepText } from './edit/keep-text.ts';
import type { Layer } from './layers/layer.ts';
import { mergeTrees } from './layers/merge-trees.ts';
import type { ConfigProblem } from './problem.ts';
import { decodeText } from './text/decode-text.ts';
import type { DecodeOptions } from './text/decode-text.ts';
import { substituteAddresses } from './text/substitute-addresses.ts';
import type { Addresses } from './text/substitute-addresses.ts';

export interface ParseOptions extends DecodeOptions {
  /** Compose services, which count as `rancher.services`. */
  readonly compose?: boolean;
  /** Warn of keys that this version does not act on; default true. */
  readonly announce?: boolean;
  readonly addresses?: Addresses;
}

/** `name` is what messages call it: a path, a URL. The line `#cloud-config` may be there or not. */
export function parseCloudConfig(data: Uint8Array | string, name: string, options: ParseOptions = {}): Layer {
  const decoded = decodeText(data, name, options);
  const problems: ConfigProblem[] = [...decoded.problems];
  const layer = (tree: MapNode): Layer => ({ name, tree, problems });
  if (decoded.text === undefined) return layer(emptyTree({ name }));
  if (decoded.text.startsWith('#!')) {
    problems.push({ code: 'not-cloud-config', severity: 'error', message: 'this is a script, not a cloud-config', source: name, line: 1, column: 1, hint: 'put it into runcmd or write_files' });
    return layer(emptyTree({ name }));
  }
  const parsed = parseYaml(substituteAddresses(decoded.text, options.addresses ?? {}), name);
  problems.push(...parsed.problems);
  if (parsed.root === undefined) return layer(emptyTree({ name }));
  const root = rootMap(parsed.root, options, problems);
  const checked = checkTree(root, options.announce === undefined ? {} : { announce: options.announce });
  problems.push(...checked.problems);
  problems.sort((a, b) => lineOf(a) - lineOf(b) || (a.column ?? 0) - (b.column ?? 0));
  return layer(checked.tree);
}

/** The text as it was written: not checked, no addresses put in, text not made numbers. For what is changed and written back. Empty after an error. */
export function parseRaw(data: Uint8Array | string, name: string, options: Pick<ParseOptions, 'compose'> = {}): { readonly root: MapNode; readonly problems: readonly ConfigProblem[] } {
  const decoded = decodeText(data, name);
  if (decoded.text === undefined) return { root: emptyTree({ name }), problems: decoded.problems };
  const { root, problems } = parseYaml(decoded.text, name);
  if (root === undefined) return { root: emptyTree({ name }), problems };
  const more: ConfigProblem[] = [...problems];
  return { root: keepText(rootMap(root, options, more), 'root'), problems: more };
}

/** Several texts as one value, later ones above earlier ones. What cannot be read counts for nothing. */
export function mergeRawTexts(texts: readonly { readonly bytes: Uint8Array; readonly name: string; readonly compose: boolean }[]): Value {
  return toValue(texts.reduce((merged, { bytes, name, compose }) => mergeTrees(merged, parseRaw(bytes, name, { compose }).root), emptyTree({ name: 'user-data' })));
}

/** What is wrong with the whole text comes first, how much more there is last. */
function lineOf(problem: ConfigProblem): number {
  return problem.code === 'more-problems' ? Infinity : (problem.line ?? 0);
}

function rootMap(root: ConfigNode, options: ParseOptions, problems: ConfigProblem[]): MapNode {
  const { source, offset } = root;
  if (root.kind === 'scalar' && root.value === null) return emptyTree(source);
  if (root.kind !== 'map') {
    problems.push({ code: 'not-cloud-config', severity: 'error', message: `expected a map of keys, got ${kindOf(root)}`, ...placeOf(source, offset), hint: root.kind === 'scalar' ? keyHint(root.text) : 'begin each line with a key, a colon and a blank' });
    return emptyTree(source);
  }
  if (options.compose !== true) return root;
  const services: MapNode = { kind: 'map', entries: new Map([['services', { node: root, offset }]]), source, offset };
  return { kind: 'map', entries: new Map([['rancher', { node: services, offset }]]), source, offset };
}
