// The tables put together, and the TypeScript types that follow from them.

import type { Value } from '@drover/yaml';
import { DOCKER, SYSTEM_DOCKER } from './docker-keys.ts';
import type { ObjectSpec } from './key-spec.ts';
import { DNS, INTERFACE, MODEM_NETWORK, NETWORK, WIFI_NETWORK } from './network-keys.ts';
import { CLOUD_INIT, DEFAULTS, RANCHER, REGISTRY_LOGIN, REPOSITORY, SSH, UPGRADE } from './rancher-keys.ts';
import { FILE, ROOT } from './root-keys.ts';
import { SCALAR_TYPES } from './scalar-types.ts';
import type { ScalarType, ScalarValues } from './scalar-types.ts';
import { STATE } from './state-keys.ts';

interface Objects {
  readonly root: typeof ROOT;
  readonly file: typeof FILE;
  readonly rancher: typeof RANCHER;
  readonly 'cloud-init': typeof CLOUD_INIT;
  readonly ssh: typeof SSH;
  readonly upgrade: typeof UPGRADE;
  readonly defaults: typeof DEFAULTS;
  readonly repository: typeof REPOSITORY;
  readonly 'registry login': typeof REGISTRY_LOGIN;
  readonly state: typeof STATE;
  readonly docker: typeof DOCKER;
  readonly 'system docker': typeof SYSTEM_DOCKER;
  readonly network: typeof NETWORK;
  readonly dns: typeof DNS;
  readonly interface: typeof INTERFACE;
  readonly 'wifi network': typeof WIFI_NETWORK;
  readonly 'modem network': typeof MODEM_NETWORK;
}

/** Every object of the schema by the name its type has in the tables, in the order of the reference page. */
export const OBJECTS: Readonly<Record<string, ObjectSpec>> = {
  root: ROOT,
  file: FILE,
  rancher: RANCHER,
  state: STATE,
  network: NETWORK,
  dns: DNS,
  interface: INTERFACE,
  'wifi network': WIFI_NETWORK,
  'modem network': MODEM_NETWORK,
  docker: DOCKER,
  'system docker': SYSTEM_DOCKER,
  ssh: SSH,
  'cloud-init': CLOUD_INIT,
  repository: REPOSITORY,
  'registry login': REGISTRY_LOGIN,
  upgrade: UPGRADE,
  defaults: DEFAULTS,
} satisfies Objects;

/** A shell line, or a program with its arguments. */
export type Command = string | readonly string[];
/** Device, mount point, type, options. */
export type MountEntry = readonly [device: string, mountPoint: string, type: string, options: string];
/** A compose service; its keys are not this package's business. */
export type Service = { readonly [key: string]: Value };

interface SpecialValues {
  readonly command: Command;
  readonly mount: MountEntry;
  readonly service: Service;
}

type TypeOf<T extends string> = T extends `list of ${infer Item}`
  ? readonly TypeOf<Item>[]
  : T extends `map of ${infer Item}`
    ? { readonly [name: string]: TypeOf<Item> }
    : T extends keyof ScalarValues
      ? ScalarValues[T]
      : T extends keyof SpecialValues
        ? SpecialValues[T]
        : T extends keyof Objects
          ? ObjectOf<Objects[T]>
          : never;

/** Lists, maps and objects are always there, empty at least; a scalar only with a default. */
type IsAlways<Spec extends { readonly type: string }> = Spec['type'] extends `list of ${string}` | `map of ${string}` | keyof Objects
  ? true
  : Spec extends { readonly default: unknown }
    ? true
    : false;

type Table = Readonly<Record<string, { readonly type: string }>>;

export type ObjectOf<T extends Table> = {
  readonly [K in keyof T as IsAlways<T[K]> extends true ? K : never]: TypeOf<T[K]['type']>;
} & {
  readonly [K in keyof T as IsAlways<T[K]> extends true ? never : K]?: TypeOf<T[K]['type']>;
};

/** A checked configuration with its defaults. */
export type Configuration = ObjectOf<typeof ROOT>;

export type Shape =
  | { readonly is: 'list' | 'map'; readonly of: string }
  | { readonly is: 'object'; readonly keys: ObjectSpec }
  | ScalarType<unknown>
  | { readonly is: keyof SpecialValues };

/** What the name of a type stands for. */
export function shapeOf(type: string): Shape {
  const scalar = SCALAR_TYPES[type as keyof ScalarValues] as ScalarType<unknown> | undefined;
  if (scalar !== undefined) return scalar;
  if (type.startsWith('list of ')) return { is: 'list', of: type.slice(8) };
  if (type.startsWith('map of ')) return { is: 'map', of: type.slice(7) };
  const keys = OBJECTS[type];
  return keys === undefined ? { is: type as keyof SpecialValues } : { is: 'object', keys };
}

/** The entry of a key; keys that every JavaScript object has by nature are not there. */
export function specOf(keys: ObjectSpec, key: string): ObjectSpec[string] | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : undefined;
}
