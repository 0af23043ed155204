// The top level of a compose file. The order is the one in which Docker Compose renders it.

import type { ConfigNode } from '@drover/yaml';
import { childText } from '../load/nodes.ts';
import { external, finishNamedVolume, listOfOne, textFor } from './long-forms.ts';
import { SERVICE } from './service-keys.ts';
import type { ListShape, ObjectShape, Shape } from './shape.ts';
import { dict, flag, kept, list, loose, numeral, object, path, text } from './shape.ts';
import { labels } from './shared-shapes.ts';

const subnet = (pool: ConfigNode): string => childText(pool, 'subnet') ?? '';

const NETWORK: ObjectShape = object({
  name: text,
  driver: text,
  driver_opts: labels,
  ipam: loose(object({
    driver: text,
    config: list(object({ subnet: text, gateway: text, ip_range: text, aux_addresses: labels }), { identity: subnet, mergeItems: true }),
    options: { ...labels, hidden: true },
  })),
  external: flag,
  internal: flag,
  attachable: flag,
  labels,
  enable_ipv4: kept(flag),
  enable_ipv6: kept(flag),
}, { long: external });

const VOLUME: ObjectShape = object({ name: text, driver: text, driver_opts: labels, external: flag, labels }, { long: external, finish: finishNamedVolume });

const SECRET: ObjectShape = object({ name: text, file: path, environment: text, external: flag, labels, driver: text, driver_opts: labels, template_driver: text }, { long: external });

const CONFIG: ObjectShape = object({ name: text, file: path, environment: text, content: text, external: flag, labels, template_driver: text }, { long: external });

const PATHS: ListShape = list(text, { long: listOfOne });

export const INCLUDE: ListShape = list(object({ path: PATHS, project_directory: text, env_file: PATHS }, { long: textFor('path') }));

/** Sections whose entries the user names. */
export const SECTIONS = ['services', 'networks', 'volumes', 'secrets', 'configs'] as const;
export type Section = (typeof SECTIONS)[number];

const KEYS: Readonly<Record<Section | 'version' | 'name' | 'include', Shape>> = {
  version: numeral,
  name: numeral,
  include: INCLUDE,
  services: kept(dict(SERVICE)),
  networks: dict(NETWORK, { nullable: true }),
  volumes: dict(VOLUME, { nullable: true }),
  secrets: dict(SECRET),
  configs: dict(CONFIG),
};

export const PROJECT: ObjectShape = object(KEYS);
export { SERVICE };
