// `extends`: a service that begins as a copy of another one, of the same file or of another file.

import type { ConfigNode, MapEntry, MapNode } from '@drover/yaml';
import { placeOf } from '@drover/yaml';
import type { ComposeProblem } from '../problem.ts';
import { SERVICE } from '../schema/service-keys.ts';
import { mergeNodes } from './merge-nodes.ts';
import { child, childText, withKey } from './nodes.ts';
import type { ReadContext } from './read-context.ts';
import { readNamedFile } from './read-context.ts';
import { readDocuments } from './read-documents.ts';

/** Longer chains only come from circles, or from somebody who means harm. */
const DEPTH_LIMIT = 20;

interface Origin {
  readonly context: ReadContext;
  readonly file: string;
  readonly services: MapNode;
}

interface Visit {
  readonly file: string;
  readonly service: string;
}

export function applyExtends(context: ReadContext, file: string, tree: MapNode): MapNode {
  const services = child(tree, 'services');
  if (services?.kind !== 'map') return tree;
  const origin: Origin = { context, file, services };
  const entries = new Map<string, MapEntry>();
  for (const [name, entry] of services.entries) {
    entries.set(name, { ...entry, node: resolveService(origin, name, []) ?? entry.node });
  }
  return withKey(tree, 'services', { ...services, entries });
}

/** The service with everything that it extends; undefined when there is no such service. */
function resolveService(origin: Origin, name: string, visited: readonly Visit[]): ConfigNode | undefined {
  const service = origin.services.entries.get(name)?.node;
  const extended = child(service, 'extends');
  if (service?.kind !== 'map' || extended === undefined) return service;
  const own = withKey(service, 'extends', undefined);
  const wanted = childText(extended, 'service');
  const path = childText(extended, 'file');
  const fail = (message: string, hint?: string): ConfigNode => {
    const problem: ComposeProblem = { code: 'bad-extends', severity: 'error', message, ...placeOf(extended.source, extended.offset), key: `services.${name}.extends`, service: name, ...(hint !== undefined && { hint }) };
    origin.context.problems.push(problem);
    return own;
  };
  if (wanted === undefined) return fail(`cannot extend service "${name}": no service is named`, 'write extends: {service: NAME}');
  if (visited.length >= DEPTH_LIMIT) return fail(`services extend each other over more than ${DEPTH_LIMIT} levels`);
  const visits = [...visited, { file: origin.file, service: name }];
  const from = path === undefined ? origin : readOrigin(origin, path, extended);
  if (from === undefined) return own;
  if (visits.some((one) => one.file === from.file && one.service === wanted)) return fail(circular([...visits, { file: from.file, service: wanted }]));
  const base = resolveService(from, wanted, visits);
  if (base === undefined) return fail(`cannot extend service "${name}" in ${origin.file}: service "${wanted}" not found${path === undefined ? '' : ` in ${path}`}`);
  return mergeNodes(base, own, SERVICE) ?? own;
}

function readOrigin(origin: Origin, path: string, at: ConfigNode): Origin | undefined {
  const read = readNamedFile(origin.context, path, at);
  if (read === undefined) return undefined;
  const [document] = readDocuments(read.context, read.file);
  const services = child(document, 'services');
  if (services?.kind === 'map') return { context: read.context, file: read.file.name, services };
  origin.context.problems.push({ code: 'bad-extends', severity: 'error', message: `${path} has no services to extend`, ...placeOf(at.source, at.offset) });
  return undefined;
}

function circular(visits: readonly Visit[]): string {
  return `Circular reference: ${visits.map((one) => `${one.service} in ${one.file}`).join(' extends ')}`;
}
