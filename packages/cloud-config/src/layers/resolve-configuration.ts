// The layers put together: merge, the flags that rancher.debug implies, what metadata adds, and the typed result.

import { emptyTree, fromValue, getNode, parseBoolean } from '@drover/yaml';
import type { ListNode, MapEntry, MapNode, ScalarNode, Value } from '@drover/yaml';
import { readConfiguration } from '../check/read-configuration.ts';
import { DEBUG_FLAGS, METADATA } from '../names.ts';
import type { ConfigProblem } from '../problem.ts';
import { examineHostName, HOST_NAME_LIMIT } from '../schema/scalar-types.ts';
import type { Configuration } from '../schema/schema.ts';
import type { Addresses } from '../text/substitute-addresses.ts';
import type { Layer } from './layer.ts';
import { mergeTrees } from './merge-trees.ts';

/** What a datasource knows about the machine. Fills gaps only, except that its keys are added. */
export interface Metadata {
  /** For messages: the datasource or file. */
  readonly source: string;
  readonly hostname?: string;
  /** By a name whose order is the order of the keys. */
  readonly sshPublicKeys?: Readonly<Record<string, string>>;
  readonly rootDisk?: string;
  /** What $private_ipv4 and its kin stand for. */
  readonly addresses?: Addresses;
}

export interface ResolvedConfiguration {
  readonly config: Configuration;
  /** Everything merged, unknown keys included. Each node's source is the layer it comes from. */
  readonly tree: MapNode;
  /** Of all layers, lowest first. */
  readonly problems: readonly ConfigProblem[];
  readonly layers: readonly Layer[];
}

/** `layers`: lowest first. */
export function resolveConfiguration(layers: readonly Layer[], metadata?: Metadata): ResolvedConfiguration {
  const problems = layers.flatMap((layer) => layer.problems);
  let tree = layers.reduce((merged, layer) => mergeTrees(merged, layer.tree), emptyTree({ name: 'defaults' }));
  tree = applyDebug(tree);
  if (metadata !== undefined) tree = applyMetadata(tree, metadata, problems);
  return { config: readConfiguration(tree), tree, problems, layers };
}

/** `rancher.debug: true` turns the log of everything up. */
function applyDebug(tree: MapNode): MapNode {
  const debug = getNode(tree, ['rancher', 'debug']);
  if (debug?.kind !== 'scalar' || parseBoolean(debug.text) !== true) return tree;
  const flags: Value = { rancher: { log: true, docker: { debug: true }, system_docker: { debug: true }, bootstrap_docker: { debug: true } } };
  return mergeTrees(tree, fromValue(flags, { name: DEBUG_FLAGS }) as MapNode);
}

function applyMetadata(tree: MapNode, metadata: Metadata, problems: ConfigProblem[]): MapNode {
  const source = { name: metadata.source === '' ? METADATA : metadata.source };
  const entries = new Map<string, MapEntry>(tree.entries);
  const scalar = (text: string): ScalarNode => ({ kind: 'scalar', value: text, text, source, offset: 0 });

  const given = getNode(tree, ['hostname']);
  const hostname = usableHostName(metadata.hostname, source.name, problems);
  if (hostname !== undefined && (given?.kind !== 'scalar' || given.value === null)) entries.set('hostname', { node: scalar(hostname), offset: 0 });

  const keys = entries.get('ssh_authorized_keys')?.node;
  const items = keys?.kind === 'list' ? [...keys.items] : [];
  const known = new Set(items.map((item) => (item.kind === 'scalar' ? item.text.trim() : '')));
  for (const [, key] of Object.entries(metadata.sshPublicKeys ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = key.trim();
    if (/[\r\n\0]/.test(text)) problems.push({ code: 'bad-metadata', severity: 'error', message: 'a public key with several lines was left out', source: source.name });
    else if (text !== '' && !known.has(text)) {
      known.add(text);
      items.push(scalar(text));
    }
  }
  const list: ListNode = { ...(keys?.kind === 'list' ? keys : { kind: 'list', source, offset: 0 }), items };
  entries.set('ssh_authorized_keys', { node: list, offset: list.offset });

  const merged: MapNode = { ...tree, entries };
  if (metadata.rootDisk === undefined || getNode(tree, ['rancher', 'resize_device']) !== undefined) return merged;
  return mergeTrees(merged, fromValue({ rancher: { resize_device: metadata.rootDisk } }, source) as MapNode);
}

/** A datasource may send a full domain name that is too long for the kernel: then its first label does. */
function usableHostName(name: string | undefined, source: string, problems: ConfigProblem[]): string | undefined {
  const text = name?.trim() ?? '';
  if (text === '') return undefined;
  const short = text.length > HOST_NAME_LIMIT ? text.split('.')[0]! : text;
  const complaint = examineHostName(short);
  if (complaint?.severity !== 'error') return short;
  problems.push({ code: 'bad-metadata', ...complaint, source, key: 'hostname' });
  return undefined;
}
