// The long form of everything that has a short one.

import { join, quoteText, splitWords } from '@drover/core';
import type { ConfigNode, MapEntry, MapNode } from '@drover/yaml';
import { child, childText, listNode, mapNode, mapOf, scalarNode, withKey } from '../load/nodes.ts';
import type { Canonical } from '../validate/canonical.ts';
import { parsePort } from './parse-port.ts';
import { parseVolume } from './parse-volume.ts';

type Long = (node: ConfigNode, canonical: Canonical) => ConfigNode | undefined;

/** `x` for `[x]`. */
export const listOfOne: Long = (node) => (isText(node) ? listNode([node], node) : node);

/** Words as a shell would split them. Like Docker Compose it stops where a shell would end the command. */
export const commandWords: Long = (node, canonical) => {
  if (!isText(node)) return node;
  const end = endOfCommand(node.text);
  const words = splitWords(node.text.slice(0, end));
  if (words === undefined) return canonical.report('bad-value', `${canonical.subject()} has a quote that is not closed`, node, 'close it, or write the command as a list');
  if (end < node.text.length) canonical.report('bad-value', `${canonical.subject()}: what stands behind ${node.text[end]!} is not used, because no shell runs it`, node, 'write ["sh", "-c", "..."] to have a shell', 'warning');
  return listNode(words.map((word) => scalarNode(word, node)), node);
};

/** The offset of the first `;`, `&`, `|`, `<` or `>` outside of quotes. */
function endOfCommand(text: string): number {
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]!;
    if (character === '\\' && quote !== "'") i += 1;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (';&|<>'.includes(character)) return i;
  }
  return text.length;
}

/** `test: curl x` is for the shell. */
export const healthTest: Long = (node) => (isText(node) ? listNode([scalarNode('CMD-SHELL', node), node], node) : node);

/** A text for one key of an object. */
export function textFor(key: string): Long {
  return (node) => (isText(node) ? mapOf({ [key]: node }, node) : node);
}

/** Names in a list for a map of names to `value`. */
export function namesFor(value: (at: ConfigNode) => ConfigNode): Long {
  return (node, canonical) => {
    if (node.kind !== 'list') return node;
    const entries = new Map<string, MapEntry>();
    for (const item of node.items) {
      if (item.kind === 'scalar' && item.value !== null) entries.set(item.text, { node: value(item), offset: item.offset });
      else canonical.report('wrong-type', `${canonical.subject()} contains an invalid type, it should be a string.`, item);
    }
    return mapNode(entries, node);
  };
}

export const envFiles: Long = (node, canonical) => {
  const listed = listOfOne(node, canonical)!;
  if (listed.kind !== 'list') return listed;
  return listNode(listed.items.map((item) => (isText(item) ? mapOf({ path: item, required: true }, item) : item)), node);
};

/** `all` for a request without a limit. */
export const gpus: Long = (node) => (isText(node) && node.text === 'all' ? listNode([mapOf({ count: -1 }, node)], node) : node);

/** `HOST: IP`, `HOST: [IP, IP]`, `HOST:IP` for `HOST=IP`. */
export const extraHosts: Long = (node, canonical) => {
  const lines: ConfigNode[] = [];
  const add = (host: string, address: ConfigNode): void => {
    const ip = address.kind === 'scalar' ? address.text.replace(/^\[(.+)\]$/, '$1') : '';
    if (host === '' || /[:=]/.test(host)) canonical.report('bad-value', `${canonical.subject()}: ${quoteText(host)} is no host name`, address);
    else lines.push(scalarNode(`${host}=${ip}`, address));
  };
  if (node.kind === 'map') {
    for (const [host, { node: value }] of node.entries) for (const ip of value.kind === 'list' ? value.items : [value]) add(host, ip);
    return listNode(lines, node);
  }
  if (node.kind !== 'list') return node;
  for (const item of node.items) {
    if (item.kind !== 'scalar') return node;
    const at = item.text.includes('=') ? item.text.indexOf('=') : item.text.indexOf(':');
    if (at < 0) canonical.report('bad-value', `${canonical.subject()}: ${quoteText(item.text)} has no address`, item, 'write HOST=IP');
    else for (const ip of item.text.slice(at + 1).split(',')) add(item.text.slice(0, at), scalarNode(ip, item));
  }
  return listNode(lines, node);
};

/** `- KEY=VALUE` for `KEY: VALUE`. */
export const keyValues: Long = (node, canonical) => {
  if (node.kind !== 'list') return node;
  const entries = new Map<string, MapEntry>();
  for (const item of node.items) {
    const at = item.kind === 'scalar' ? item.text.indexOf('=') : -1;
    if (item.kind !== 'scalar' || at < 0) canonical.report('bad-value', `${canonical.subject()}: ${item.kind === 'scalar' ? quoteText(item.text) : `a ${item.kind}`} is not KEY=VALUE`, item);
    else entries.set(item.text.slice(0, at), { node: scalarNode(item.text.slice(at + 1), item), offset: item.offset });
  }
  return mapNode(entries, node);
};

/** `ID`, `ID=PATH` or a map for lines `ID: PATH`. */
export const sshKeys: Long = (node, canonical) => {
  const line = (id: string, path: string | undefined, at: ConfigNode): ConfigNode => scalarNode(path === undefined || path === '' ? id : `${id}: ${canonical.resolvePath(path)}`, at);
  if (node.kind === 'map') return listNode([...node.entries].map(([id, { node: value }]) => line(id, value.kind === 'scalar' && value.value !== null ? value.text : undefined, value)), node);
  const listed = listOfOne(node, canonical)!;
  if (listed.kind !== 'list') return listed;
  return listNode(listed.items.map((item) => {
    const at = item.kind === 'scalar' ? item.text.indexOf('=') : -1;
    return item.kind === 'scalar' && at >= 0 ? line(item.text.slice(0, at), item.text.slice(at + 1), item) : item;
  }), node);
};

export function spreadPort(item: ConfigNode, canonical: Canonical): readonly ConfigNode[] {
  if (item.kind !== 'scalar' || item.value === null) return [item];
  const parsed = parsePort(item.text);
  if (typeof parsed === 'string') {
    canonical.report('bad-value', `${canonical.subject()}: ${quoteText(item.text)}: ${parsed}`, item);
    return [];
  }
  // A range may be long: its ports share what they have in common.
  const [first] = parsed;
  const [mode, hostIp, protocol] = [scalarNode('ingress', item), scalarNode(first?.hostIp ?? '', item), scalarNode(first?.protocol ?? '', item)];
  return parsed.map((one) => mapOf({ mode, host_ip: one.hostIp === '' ? undefined : hostIp, target: one.target, published: one.published === '' ? undefined : one.published, protocol }, item));
}

export const volumeMount: Long = (node, canonical) => {
  if (!isText(node)) return node;
  const parsed = parseVolume(node.text);
  if (typeof parsed === 'string') return canonical.report('bad-value', `${canonical.subject()}: ${quoteText(node.text)}: ${parsed}`, node, 'write SOURCE:TARGET, SOURCE:TARGET:ro, or the long form');
  const bind = parsed.type === 'bind' || parsed.propagation !== undefined || parsed.selinux !== undefined
    ? mapOf({ selinux: parsed.selinux, propagation: parsed.propagation, create_host_path: parsed.type === 'bind' ? true : undefined }, node) : undefined;
  const volume = (parsed.type === 'volume' && !parsed.short) || parsed.nocopy ? mapOf({ nocopy: parsed.nocopy ? true : undefined }, node) : undefined;
  return mapOf({ type: parsed.type, source: parsed.source, target: parsed.target, read_only: parsed.readOnly ? true : undefined, bind, volume }, node);
};

/** A bind's source is a path, a volume's is a name. */
export function finishVolume(node: MapNode, canonical: Canonical): MapNode {
  const target = child(node, 'target');
  const cleaned = target?.kind === 'scalar' ? withKey(node, 'target', scalarNode(join(target.text), target)) : node;
  const source = child(cleaned, 'source');
  if (childText(cleaned, 'type') !== 'bind') return cleaned;
  if (source?.kind !== 'scalar') {
    canonical.report('missing-key', `${canonical.subject()}: a bind mount needs a source`, node);
    return cleaned;
  }
  return withKey(cleaned, 'source', scalarNode(canonical.resolvePath(source.text), source));
}

export const device: Long = (node, canonical) => {
  if (!isText(node)) return node;
  const [source, target, permissions, ...more] = node.text.split(':');
  if (more.length > 0) return canonical.report('bad-value', `${canonical.subject()}: ${quoteText(node.text)} has too many colons`, node, 'write SOURCE:TARGET:PERMISSIONS');
  return mapOf({ source: source!, target: target === undefined || target === '' ? source! : target, permissions: permissions ?? 'rwm' }, node);
};

/** `external: {name: NAME}` is an older way to write `external: true` and `name: NAME`. */
export const external: Long = (node, canonical) => {
  const inner = child(node, 'external');
  if (node.kind !== 'map' || inner?.kind !== 'map') return node;
  const [name, outer] = [child(inner, 'name'), childText(node, 'name')];
  if (name?.kind === 'scalar' && outer !== undefined && outer !== name.text) canonical.report('exclusive-keys', `${canonical.subject()}: name and external.name conflict`, inner, 'only use name');
  else canonical.report('obsolete', `${canonical.subject()}: external.name is an older form`, inner, 'write external: true and name: NAME', 'warning');
  const adopted = name === undefined || outer !== undefined ? node : withKey(node, 'name', name);
  return withKey(adopted, 'external', scalarNode(true, inner));
};

/** The path of a local volume that is a bind mount. */
export function finishNamedVolume(node: MapNode, canonical: Canonical): MapNode {
  const options = child(node, 'driver_opts');
  const device = childText(options, 'device');
  if (options?.kind !== 'map' || device === undefined || childText(node, 'driver') !== 'local' || childText(options, 'o') !== 'bind') return node;
  return withKey(node, 'driver_opts', withKey(options, 'device', scalarNode(canonical.resolvePath(device), options)));
}

function isText(node: ConfigNode): node is ConfigNode & { kind: 'scalar' } {
  return node.kind === 'scalar' && typeof node.value === 'string';
}
