// What is kept of a network, and of a container's place on it.

import type { EndpointSettings, Labels } from '@drover/docker-api';

export const NETWORK_FORMAT = 1;

export interface NetworkRecord {
  readonly format: typeof NETWORK_FORMAT;
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly driver: 'bridge' | 'host' | 'null';
  /** Of a bridge: ADDRESS/LENGTH; undefined while it has none, as the default one that nobody is on. */
  readonly subnet?: string;
  readonly gateway?: string;
  /** Nobody named the gateway of the subnet that was asked for. */
  readonly impliesGateway?: boolean;
  /** Where addresses are taken from; all of the subnet without it. */
  readonly range?: string;
  /** Addresses that are others'. */
  readonly reserved?: Readonly<Record<string, string>>;
  /** The link on the machine. */
  readonly bridge?: string;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Labels;
  /** Options of the address management, as they were asked for. */
  readonly ipamOptions?: Readonly<Record<string, string>> | null;
}

/** By the network's name, as it was asked for. */
export type EndpointRequests = Readonly<Record<string, EndpointSettings>>;

/** A running container's place on a bridge. */
export interface Endpoint {
  readonly networkId: string;
  readonly networkName: string;
  readonly endpointId: string;
  readonly address: string;
  readonly prefixLength: number;
  /** Empty on an internal network. */
  readonly gateway: string;
  readonly mac: string;
  /** The machine's end of the pair. */
  readonly link: string;
  /** The container's end. */
  readonly inside: string;
  /** Further names, beside the container's own. */
  readonly aliases: readonly string[];
  /** CONTAINER:ALIAS */
  readonly links: readonly string[];
}

export interface PublishedPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly hostAddress: string;
  readonly hostPort: number;
  /** Where it leads. */
  readonly address: string;
}

/** Of a run; undefined for a container without a bridge. */
export interface RunNetwork {
  readonly sandboxId: string;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly PublishedPort[];
}

/** The default bridge's link, as RancherOS called it. */
export const DEFAULT_BRIDGE = 'docker-sys';
export const DEFAULT_NETWORK = 'bridge';
export const PREDEFINED: readonly string[] = ['bridge', 'host', 'none', 'default'];

/** Fixed, because nothing about them can change. */
export const NETWORK_IDS: Readonly<Record<'none' | 'host' | 'bridge', string>> = { none: 'a'.repeat(63) + '0', host: 'a'.repeat(63) + '1', bridge: 'a'.repeat(63) + '2' };
