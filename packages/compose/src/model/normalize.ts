// What a file leaves unsaid: default values, the default network, names in Docker, dependencies that follow from links
// and shared namespaces, variables of the environment.

import type { Value, ValueMap } from '@drover/yaml';
import { isMap } from '@drover/yaml';
import { DEFAULT_NETWORK } from '../names.ts';
import type { Service } from './service.ts';
import type { Dependency } from './service-parts.ts';

/** The model as values; keys of the compose specification. */
export interface RawModel {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, ValueMap>>;
  readonly volumes: Readonly<Record<string, ValueMap>>;
  readonly secrets: Readonly<Record<string, ValueMap>>;
  readonly configs: Readonly<Record<string, ValueMap>>;
}

export function normalize(tree: ValueMap, projectName: string, environment: ReadonlyMap<string, string>): RawModel {
  const services = mapValues(section(tree, 'services'), (value) => normalizeService(isMap(value) ? value : {}, environment));
  const used = Object.values(services).some((service) => service.networks !== undefined && DEFAULT_NETWORK in service.networks);
  const networks = section(tree, 'networks');
  const all = used && !(DEFAULT_NETWORK in networks) ? { ...networks, [DEFAULT_NETWORK]: null } : networks;
  const named = (entries: ValueMap): Record<string, ValueMap> => mapValues(entries, (value, key) => nameResource(isMap(value) ? value : {}, key, projectName));
  const content = (entries: ValueMap): ValueMap => mapValues(entries, (value) => withContent(isMap(value) ? value : {}, environment));
  return { services, networks: named(all), volumes: named(section(tree, 'volumes')), secrets: named(section(tree, 'secrets')), configs: named(content(section(tree, 'configs'))) };
}

function normalizeService(service: ValueMap, environment: ReadonlyMap<string, string>): Service {
  const raw = service as unknown as Service;
  const build = isMap(service['build']) ? normalizeBuild(service['build'], environment) : undefined;
  const dependencies = dependenciesOf(raw);
  return {
    ...raw,
    ...(raw.pull_policy === 'if_not_present' && { pull_policy: 'missing' as const }),
    ...(build !== undefined && { build: build as unknown as NonNullable<Service['build']> }),
    ...(raw.environment !== undefined && { environment: mapValues(raw.environment, (value, key) => value ?? environment.get(key) ?? null) }),
    ...(raw.env_file !== undefined && { env_file: raw.env_file.map((one) => ({ ...one, required: one.required ?? true })) }),
    ...(raw.ports !== undefined && { ports: raw.ports.map((port) => ({ ...port, mode: port.mode ?? 'ingress', protocol: port.protocol ?? 'tcp' })) }),
    ...(raw.secrets !== undefined && { secrets: raw.secrets.map((one) => ({ ...one, target: one.target ?? `/run/secrets/${one.source}` })) }),
    ...(raw.gpus !== undefined && { gpus: raw.gpus.map(countAll) }),
    ...(raw.deploy?.resources?.reservations?.devices !== undefined && { deploy: withDevices(raw.deploy) }),
    ...networksOf(raw),
    ...(Object.keys(dependencies).length > 0 && { depends_on: dependencies }),
  };
}

function countAll<T extends { readonly count?: number; readonly device_ids?: readonly string[] }>(request: T): T {
  return request.count === undefined && request.device_ids === undefined ? { ...request, count: -1 } : request;
}

function withDevices(deploy: NonNullable<Service['deploy']>): NonNullable<Service['deploy']> {
  const { resources } = deploy;
  const reservations = resources!.reservations!;
  return { ...deploy, resources: { ...resources, reservations: { ...reservations, devices: reservations.devices!.map(countAll) } } };
}

function normalizeBuild(build: ValueMap, environment: ReadonlyMap<string, string>): ValueMap {
  const args = isMap(build['args']) ? build['args'] : undefined;
  const given = args === undefined ? undefined : Object.entries(args).flatMap(([key, value]) => {
    const known = value ?? environment.get(key);
    return known === undefined ? [] : [[key, known] as const];
  });
  return {
    ...build,
    context: build['context'] ?? '.',
    ...(build['dockerfile'] === undefined && build['dockerfile_inline'] === undefined && { dockerfile: 'Dockerfile' }),
    ...(given !== undefined && { args: Object.fromEntries(given) }),
  };
}

function networksOf(service: Service): Pick<Service, 'networks'> {
  if (service.network_mode !== undefined) return {};
  return service.networks === undefined || Object.keys(service.networks).length === 0 ? { networks: { [DEFAULT_NETWORK]: null } } : {};
}

const SHARED_NAMESPACES = ['network_mode', 'ipc', 'pid', 'uts', 'cgroup'] as const;

function dependenciesOf(service: Service): Record<string, Dependency> {
  const out: Record<string, Dependency> = mapValues(service.depends_on ?? {}, (one) => ({ ...one, condition: one.condition ?? 'service_started', required: one.required ?? true }));
  const add = (name: string, restart: boolean): void => {
    out[name] ??= { condition: 'service_started', restart, required: true };
  };
  for (const link of service.links ?? []) add(link.split(':', 1)[0]!, true);
  for (const key of SHARED_NAMESPACES) {
    const mode = service[key];
    if (mode?.startsWith('service:') === true) add(mode.slice('service:'.length), true);
  }
  for (const from of service.volumes_from ?? []) if (!from.startsWith('container:')) add(from.split(':', 1)[0]!, false);
  return out;
}

function nameResource(resource: ValueMap, key: string, projectName: string): ValueMap {
  if (typeof resource['name'] === 'string') return resource;
  return { ...resource, name: resource['external'] === true ? key : `${projectName}_${key}` };
}

/** The text of a config that comes from a variable. */
function withContent(config: ValueMap, environment: ReadonlyMap<string, string>): ValueMap {
  const variable = config['environment'];
  const value = typeof variable === 'string' ? environment.get(variable) : undefined;
  return value === undefined ? config : { ...config, content: value };
}

function section(tree: ValueMap, key: string): ValueMap {
  const value: Value | undefined = tree[key];
  return isMap(value) ? value : {};
}

export function mapValues<T, U>(values: Readonly<Record<string, T>>, change: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}
