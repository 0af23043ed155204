// A container's places on its networks: address, hardware address, names of both ends of the pair. Pure.

import type { EndpointSettings } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import { contains, parseIpv4, parseSubnet, renderIpv4, sizeOf } from './ipv4.ts';
import type { Endpoint, NetworkRecord } from './network-record.ts';

export interface EndpointContext {
  /** Addresses in use on this network. */
  readonly taken: ReadonlySet<string>;
  /** 64 hexadecimal digits. */
  readonly endpointId: string;
  /** `eth0`, `eth1`... */
  readonly inside: string;
}

/** Of a network that has its subnet. Throws `forbidden`, `invalid-parameter` in moby's words. */
export function planEndpoint(network: NetworkRecord, settings: EndpointSettings, { taken, endpointId, inside }: EndpointContext): Endpoint {
  const subnet = parseSubnet(network.subnet!)!;
  const address = settings.IPAMConfig?.IPv4Address ? checkFixed(settings.IPAMConfig.IPv4Address, network, taken) : chooseAddress(network, taken);
  return {
    networkId: network.id,
    networkName: network.name,
    endpointId,
    address,
    prefixLength: subnet.length,
    gateway: network.internal === true ? '' : network.gateway!,
    mac: settings.MacAddress || macOf(address),
    link: `veth${endpointId.slice(0, 7)}`,
    inside,
    aliases: settings.Aliases ?? [],
    links: settings.Links ?? [],
  };
}

function checkFixed(text: string, network: NetworkRecord, taken: ReadonlySet<string>): string {
  const address = parseIpv4(text);
  if (address === undefined) throw apiError('invalid-parameter', `invalid IPv4 address: ${text}`);
  if (!contains(parseSubnet(network.subnet!)!, address)) throw apiError('invalid-parameter', `Invalid address ${text}: It does not belong to any of this network's subnets`);
  if (!isUsable(network, address, taken)) throw apiError('forbidden', 'Address already in use');
  return renderIpv4(address);
}

/** The lowest that is free. */
function chooseAddress(network: NetworkRecord, taken: ReadonlySet<string>): string {
  const range = parseSubnet(network.range ?? network.subnet!)!;
  for (let address = range.base; address < range.base + sizeOf(range); address += 1) {
    if (isUsable(network, address, taken)) return renderIpv4(address);
  }
  throw apiError('forbidden', `no available IPv4 addresses on this network's address pools: ${network.name} (${network.id})`);
}

/** The first and the last address of a subnet are the network's own and the broadcast. */
function isUsable(network: NetworkRecord, address: number, taken: ReadonlySet<string>): boolean {
  const subnet = parseSubnet(network.subnet!)!;
  const text = renderIpv4(address);
  const isEdge = subnet.length < 31 && (address === subnet.base || address === subnet.base + sizeOf(subnet) - 1);
  return !isEdge && text !== network.gateway && !taken.has(text) && !Object.values(network.reserved ?? {}).includes(text);
}

/** As Docker makes it: locally administered, with the address in it. */
function macOf(address: string): string {
  return ['02', '42', ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':');
}
