// Files of version 1: a map of services without a section around it, and keys that have other names today.

import type { ConfigNode, MapEntry, MapNode } from '@drover/yaml';
import { placeOf } from '@drover/yaml';
import type { ComposeProblem } from '../problem.ts';
import { PROJECT } from '../schema/project-keys.ts';
import { isExtension } from '../schema/shape.ts';
import { child, childText, mapNode, mapOf, scalarNode, withKey } from './nodes.ts';

export type Format = '1' | '2' | '3' | 'current';

export function formatOf(root: MapNode): Format {
  const version = childText(root, 'version');
  if (version !== undefined) return version.startsWith('2') ? '2' : version.startsWith('3') ? '3' : version.startsWith('1') && !root.entries.has('services') ? '1' : 'current';
  if (root.entries.has('services')) return 'current';
  const keys = [...root.entries.keys()].filter((key) => !isExtension(key));
  // A map whose every value is a map, under names that no section has.
  const services = keys.every((key) => !Object.hasOwn(PROJECT.keys, key) && child(root, key)?.kind === 'map');
  return keys.length > 0 && services ? '1' : 'current';
}

/** The file as it would be written today. */
export function modernize(root: MapNode, format: Format, problems: ComposeProblem[]): MapNode {
  if (format !== '1') return root;
  const services = new Map<string, MapEntry>();
  const rest = new Map<string, MapEntry>();
  for (const [key, entry] of root.entries) {
    if (isExtension(key) || key === 'version') rest.set(key, entry);
    else services.set(key, { ...entry, node: entry.node.kind === 'map' ? modernizeService(entry.node, key, root, problems) : entry.node });
  }
  rest.set('services', { node: mapNode(services, root), offset: root.offset });
  rest.delete('version');
  return mapNode(rest, root);
}

function modernizeService(service: MapNode, name: string, root: MapNode, problems: ComposeProblem[]): MapNode {
  if (service.entries.has('build') && service.entries.has('image')) {
    problems.push({
      code: 'exclusive-keys', severity: 'error', service: name, key: `services.${name}`, ...placeOf(service.source, service.entries.get('image')!.offset),
      message: `Service '${name}' has both an image and build path specified. A service can either be built to image or use an existing image, not both.`,
    });
  }
  let out = service;
  const dockerfile = child(out, 'dockerfile');
  const build = child(out, 'build');
  if (dockerfile !== undefined) out = withKey(withKey(out, 'dockerfile', undefined), 'build', mapOf({ context: build ?? '.', dockerfile }, dockerfile));
  const [driver, options] = [child(out, 'log_driver'), child(out, 'log_opt')];
  if (driver !== undefined || options !== undefined) {
    out = withKey(withKey(withKey(out, 'log_driver', undefined), 'log_opt', undefined), 'logging', mapOf({ driver, options }, (driver ?? options)!));
  }
  const net = child(out, 'net');
  // Without networks of their own these containers are on the engine's bridge, where links work.
  const mode: ConfigNode = net?.kind === 'scalar' ? scalarNode(networkMode(net.text, root), net) : scalarNode('bridge', service);
  out = withKey(withKey(out, 'net', undefined), 'network_mode', mode);
  return out;
}

/** `container:NAME` was a service's name, too. */
function networkMode(net: string, root: MapNode): string {
  const name = net.startsWith('container:') ? net.slice(10) : undefined;
  return name !== undefined && root.entries.has(name) ? `service:${name}` : net;
}
