// What a datasource is: a place that user-data and metadata come from. The table of them is datasources.ts.

import type { Metadata } from '@drover/cloud-config';
import type { ValueMap } from '@drover/yaml';

export interface Found {
  /** For messages: what was read. */
  readonly source: string;
  readonly userData?: Uint8Array;
  readonly metadata?: Omit<Metadata, 'source'>;
  /** `rancher.network`, as the cloud says it should be. */
  readonly network?: ValueMap;
  /** Sentences about what of it is no use. */
  readonly complaints?: readonly string[];
}

/** Headers and text of what is at an address; undefined when there is no such thing (4xx). */
export type Get = (url: string, options?: { readonly method?: 'PUT'; readonly headers?: Readonly<Record<string, string>> }) => Promise<Uint8Array | undefined>;

export interface SourceContext {
  /** Tries again until the deadline. */
  readonly get: Get;
  readonly kernelWords: readonly string[];
  readonly hasDevice: (path: string) => boolean;
  /** Addresses to look for a CloudStack router at: DHCP servers and gateways. */
  readonly routers: () => readonly string[];
  /** The content of tftp://HOST[:PORT]/PATH. */
  readonly getTftp: (address: string) => Promise<Uint8Array>;
}

/** Undefined when it is not there. Throws what keeps it from being read. */
export type ReadSource = (context: SourceContext, argument: string) => Promise<Found | undefined>;

export interface SourceName {
  readonly name: string;
  readonly argument: string;
}
