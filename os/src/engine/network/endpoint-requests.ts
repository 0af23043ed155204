// Which networks a container asks for when it is created, and how it wants to be there. Pure.

import type { EndpointSettings, HostConfig, NetworkingConfig } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { ContainerRecord } from '../container/container-record.ts';
import { parseNetworkMode } from '../spec/namespace-modes.ts';
import { contains, parseIpv4, parseSubnet } from './ipv4.ts';
import type { EndpointRequests, NetworkRecord } from './network-record.ts';
import { DEFAULT_NETWORK } from './network-record.ts';

/** Undefined for a container without a network of its own. `find`: what there is now; it may come to be until the start. Throws `invalid-parameter` in moby's words. */
export function planEndpointRequests(hostConfig: HostConfig, config: NetworkingConfig | null | undefined, find: (name: string) => NetworkRecord | undefined): EndpointRequests | undefined {
  const mode = parseNetworkMode(hostConfig.NetworkMode);
  if (mode.kind !== 'network') return undefined;
  const named = (name: string): string => (name === 'default' ? DEFAULT_NETWORK : (find(name)?.name ?? name));
  const given = Object.entries(config?.EndpointsConfig ?? {}).map(([name, settings]) => [named(name), settings] as const);
  const first = named(mode.network);
  const requests: Record<string, EndpointSettings> = { [first]: {} };
  for (const [name, settings] of given) requests[name] = settings ?? {};
  if ((hostConfig.Links ?? []).length > 0) requests[first] = { ...requests[first], Links: [...(requests[first]!.Links ?? []), ...hostConfig.Links!] };
  for (const [name, settings] of Object.entries(requests)) checkEndpointSettings(name, settings, find(name), `invalid config for network ${name}: `);
  return requests;
}

/** What a container that starts asks for. */
export function endpointRequestsOf({ networks, hostConfig }: ContainerRecord): EndpointRequests {
  return networks ?? planEndpointRequests(hostConfig, undefined, () => undefined) ?? {};
}

/** Throws `invalid-parameter` in moby's words. */
export function checkEndpointSettings(name: string, settings: EndpointSettings, network: NetworkRecord | undefined, where: string = ''): void {
  const { IPv4Address: text = '', IPv6Address: six = '' } = settings.IPAMConfig ?? {};
  const complaints: string[] = [];
  const isDefault = name === DEFAULT_NETWORK;
  if (isDefault && (text !== '' || six !== '')) complaints.push('user specified IP address is supported on user defined networks only');
  if (isDefault && (settings.Aliases ?? []).length > 0) complaints.push('network-scoped aliases are only supported for user-defined networks');
  const address = text === '' ? undefined : parseIpv4(text);
  if (text !== '' && address === undefined) complaints.push(`invalid IPv4 address: ${text}`);
  const isInside = address !== undefined && network?.subnet !== undefined && contains(parseSubnet(network.subnet)!, address);
  if (text !== '' && network !== undefined && !isInside) complaints.push(`no configured subnet or ip-range contain the IP address ${text}`);
  if (complaints.length > 0) throw apiError('invalid-parameter', `${where}invalid endpoint settings:\n${complaints.length === 1 ? complaints[0]! : complaints.map((one) => `* ${one}`).join('\n')}`);
}
