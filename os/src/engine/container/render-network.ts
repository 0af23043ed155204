// A container's networks, as the API shows them: until System Docker has a bridge, there are the machine's and none.

import type { HostConfig } from '@drover/docker-api';
import { parseNetworkMode } from '../spec/namespace-modes.ts';

/** Ids of the two networks: fixed, because nothing about them can change. */
export const NETWORK_IDS: Readonly<Record<'host' | 'none', string>> = { host: 'a'.repeat(63) + '1', none: 'a'.repeat(63) + '0' };

/** `joined`: it has been started. */
export function renderNetworks({ NetworkMode: mode }: HostConfig, joined: boolean): Readonly<Record<string, unknown>> {
  const { kind } = parseNetworkMode(mode);
  if (kind !== 'host' && kind !== 'none') return {};
  return {
    [kind]: {
      IPAMConfig: null, Links: null, Aliases: null, MacAddress: '', DriverOpts: null, NetworkID: joined ? NETWORK_IDS[kind] : '', EndpointID: '', Gateway: '', IPAddress: '',
      IPPrefixLen: 0, IPv6Gateway: '', GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0, DNSNames: null,
    },
  };
}

export function renderNetworkSettings(hostConfig: HostConfig, joined: boolean): Readonly<Record<string, unknown>> {
  return {
    Bridge: '', SandboxID: '', SandboxKey: '', Ports: {}, HairpinMode: false, LinkLocalIPv6Address: '', LinkLocalIPv6PrefixLen: 0, SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null, EndpointID: '', Gateway: '', GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0, IPAddress: '', IPPrefixLen: 0, IPv6Gateway: '',
    MacAddress: '', Networks: renderNetworks(hostConfig, joined),
  };
}
