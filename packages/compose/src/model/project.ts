// The canonical model: what a set of compose files means. The names are those of the compose specification.

import type { Value } from '@drover/yaml';
import type { Service } from './service.ts';
import type { Mapping } from './service-parts.ts';

export interface Project {
  readonly name: string;
  /** Absolute. */
  readonly workingDir: string;
  /** The files it was read from. */
  readonly files: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  /** Those of the chosen profiles. */
  readonly services: Readonly<Record<string, Service>>;
  /** Those of other profiles. */
  readonly disabledServices: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, FileObject>>;
  readonly configs: Readonly<Record<string, FileObject>>;
  readonly extensions: Readonly<Record<string, Value>>;
}

export interface Network {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Mapping;
  readonly ipam?: {
    readonly driver?: string;
    readonly config?: readonly { readonly subnet?: string; readonly gateway?: string; readonly ip_range?: string; readonly aux_addresses?: Mapping }[];
    readonly options?: Mapping;
  };
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: Mapping;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Mapping;
  readonly external?: boolean;
  readonly labels?: Mapping;
}

/** A secret or a config: from one of a file, a variable, or text. */
export interface FileObject {
  readonly name: string;
  readonly file?: string;
  readonly environment?: string;
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: Mapping;
  readonly driver?: string;
  readonly driver_opts?: Mapping;
  readonly template_driver?: string;
}

/** What a service named the same in two places must not be called in Docker: a project's name in its allowed letters. */
export function normalizeProjectName(text: string): string {
  return (text.toLowerCase().match(/[a-z0-9_-]/g) ?? []).join('').replace(/^[_-]+/, '');
}
