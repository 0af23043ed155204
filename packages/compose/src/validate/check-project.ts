// What only shows when all is read: keys that exclude each other, names that nothing has, required keys, cycles.

import type { MapEntry, MapNode, Place } from '@drover/yaml';
import { placeOf } from '@drover/yaml';
import { dependencyOrder } from '../model/dependency-order.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { replicasOf } from '../model/service.ts';
import type { ComposeProblem, ComposeProblemCode } from '../problem.ts';
import { PROJECT } from '../schema/project-keys.ts';
import { checkRequired } from './check-required.ts';

type Report = (code: ComposeProblemCode, path: readonly string[], message: string, hint?: string) => void;

export function checkProject(project: Project, tree: MapNode): ComposeProblem[] {
  const problems: ComposeProblem[] = [];
  const report: Report = (code, path, message, hint) => {
    const service = path[0] === 'services' ? path[1] : undefined;
    problems.push({ code, severity: 'error', message, ...deepestPlace(tree, path), key: path.join('.'), ...(hint !== undefined && { hint }), ...(service !== undefined && { service }) });
  };
  problems.push(...checkRequired(tree, PROJECT));
  for (const [name, service] of Object.entries(project.services)) {
    checkServiceKeys(name, service, report);
    checkReferences(project, name, service, report);
  }
  checkFileObjects(project, report);
  const { cycle } = dependencyOrder(project, Object.keys(project.services));
  if (cycle !== undefined) report('dependency-cycle', ['services', cycle[0]!, 'depends_on'], `dependency cycle detected: ${cycle.join(' -> ')}`, 'take one of these dependencies out');
  return problems;
}

/** Of the value, or of what is around it when it is not written anywhere. */
function deepestPlace(tree: MapNode, path: readonly string[]): Place {
  let place: Place = placeOf(tree.source, tree.offset);
  let at: MapNode | undefined = tree;
  for (const key of path) {
    const entry: MapEntry | undefined = at?.entries.get(key);
    if (entry === undefined) break;
    place = placeOf(entry.node.source, entry.offset);
    at = entry.node.kind === 'map' ? entry.node : undefined;
  }
  return place;
}

function checkServiceKeys(name: string, service: Service, report: Report): void {
  const at = (key: string): string[] => ['services', name, key];
  if (service.image === undefined && service.build === undefined) report('no-image', ['services', name], `service "${name}" has neither an image nor a build context specified`, 'give it image or build');
  if (service.build?.dockerfile !== undefined && service.build.dockerfile_inline !== undefined) report('exclusive-keys', at('build'), `service "${name}" declares mutually exclusive dockerfile and dockerfile_inline`);
  if (service.platform !== undefined && (service.build?.platforms?.length ?? 0) > 0 && !service.build!.platforms!.includes(service.platform)) {
    report('bad-value', at('build'), `service.build.platforms MUST include service.platform "${service.platform}"`);
  }
  if (service.network_mode !== undefined && Object.keys(service.networks ?? {}).length > 0) report('exclusive-keys', at('network_mode'), `service ${name} declares mutually exclusive \`network_mode\` and \`networks\``, 'keep one of the two');
  const [kind] = service.healthcheck?.test ?? [];
  if (kind !== undefined && !['CMD', 'CMD-SHELL', 'NONE'].includes(kind)) report('bad-value', at('healthcheck'), 'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"', 'write it as a text to run it in a shell');
  if (service.container_name !== undefined && replicasOf(service) > 1) {
    report('exclusive-keys', at('container_name'), `services.${service.scale === undefined ? 'deploy.replicas' : 'scale'}: can't set container_name and ${name} as container name must be unique`);
  }
  if (service.scale !== undefined && service.deploy?.replicas !== undefined && service.scale !== service.deploy.replicas) report('exclusive-keys', at('scale'), `services.${name}: can't set distinct values on 'scale' and 'deploy.replicas'`);
  for (const [key, limit, written, other] of limitPairs(service)) {
    if (written !== undefined && written !== 0 && limit !== undefined && other !== written) report('exclusive-keys', at(key), `services.${name}: can't set distinct values on '${key}' and '${limit}'`);
  }
}

function limitPairs(service: Service): (readonly [string, string | undefined, number | undefined, number | undefined])[] {
  const { limits, reservations } = service.deploy?.resources ?? {};
  const limit = (key: string): string | undefined => (limits === undefined ? undefined : `deploy.resources.limits.${key}`);
  return [
    ['cpus', limit('cpus'), service.cpus, limits?.cpus],
    ['mem_limit', limit('memory'), service.mem_limit, limits?.memory],
    ['pids_limit', limit('pids'), service.pids_limit, limits?.pids],
    ['mem_reservation', reservations === undefined ? undefined : 'deploy.resources.reservations.memory', service.mem_reservation, reservations?.memory],
  ];
}

function checkReferences(project: Project, name: string, service: Service, report: Report): void {
  const undefinedName = (key: string, what: string, wanted: string): void => report('undefined-reference', ['services', name, key, wanted], `service "${name}" refers to undefined ${what} ${wanted}`, `define it in ${what.split(' ').at(-1)!}s`);
  for (const network of Object.keys(service.networks ?? {})) if (!(network in project.networks)) undefinedName('networks', 'network', network);
  for (const mount of service.volumes ?? []) if (mount.type === 'volume' && mount.source !== undefined && mount.source !== '' && !(mount.source in project.volumes)) undefinedName('volumes', 'volume', mount.source);
  for (const config of service.configs ?? []) if (!(config.source in project.configs)) undefinedName('configs', 'config', config.source);
  for (const secret of service.secrets ?? []) if (!(secret.source in project.secrets)) undefinedName('secrets', 'secret', secret.source);
  for (const secret of service.build?.secrets ?? []) if (!(secret.source in project.secrets)) undefinedName('build', 'build secret', secret.source);
  for (const [wanted, { required }] of Object.entries(service.depends_on ?? {})) {
    if (wanted in project.services || (!required && wanted in project.disabledServices)) continue;
    report('undefined-reference', ['services', name, 'depends_on', wanted], `service "${name}" depends on undefined service "${wanted}"`, wanted in project.disabledServices ? `choose one of its profiles: ${project.disabledServices[wanted]!.profiles!.join(', ')}` : undefined);
  }
}

const SOURCES = { secrets: ['file', 'environment'], configs: ['file', 'environment', 'content'] } as const;

function checkFileObjects(project: Project, report: Report): void {
  for (const section of ['secrets', 'configs'] as const) {
    for (const [name, object] of Object.entries(project[section])) {
      // The content of a variable is no second source.
      const given = SOURCES[section].filter((key) => object[key] !== undefined && !(key === 'content' && object.environment !== undefined));
      const choices = SOURCES[section].join('|');
      if (given.length > 1) report('exclusive-keys', [section, name], `${section}.${name}: ${choices} attributes are mutually exclusive`);
      if (given.length === 0 && object.driver === undefined && object.external !== true) report('missing-key', [section, name], `${section}.${name}: one of ${choices} must be set`);
    }
  }
  for (const [name, volume] of Object.entries(project.volumes)) {
    const extra = volume.external === true ? Object.keys(volume).find((key) => !['name', 'external'].includes(key) && !key.startsWith('x-')) : undefined;
    if (extra !== undefined) report('exclusive-keys', ['volumes', name, extra], `volumes.${name}: conflicting parameters "external" and "${extra}" specified`);
  }
}

