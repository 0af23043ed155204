// Making and removing the networks of users. A network is a record; its bridge comes with the first container.

import { encodeHex } from '@drover/core';
import type { NetworkCreateBody } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import type { Subnet } from './ipv4.ts';
import { contains, overlap, parseIpv4, parseSubnet, renderIpv4, renderSubnet } from './ipv4.ts';
import { findSubnet, ownSubnets } from './join-networks.ts';
import type { NetworkRecord } from './network-record.ts';
import { NETWORK_FORMAT, PREDEFINED } from './network-record.ts';
import { syncNetworks } from './sync-networks.ts';

const BRIDGE_NAME = 'com.docker.network.bridge.name';
/** Of a link's name, in the kernel. */
const LONGEST_LINK_NAME = 15;

/** Throws API errors in moby's words. */
export function createNetwork(engine: Engine, body: NetworkCreateBody): NetworkRecord {
  const { Name: name, Driver: driver = '', Options: options, Labels: labels, Internal: internal, Attachable: attachable, IPAM: ipam } = body;
  checkName(name);
  if (engine.networks.list().some((one) => one.name === name)) throw apiError('conflict', `network with name ${name} already exists`);
  checkDriver(driver);
  if (body.EnableIPv6 === true) throw apiError('invalid-parameter', 'System Docker has no networks with IPv6');
  const id = encodeHex(engine.host.random(32));
  const record: NetworkRecord = {
    format: NETWORK_FORMAT,
    id,
    name,
    createdAt: new Date(engine.host.clock.now()).toISOString(),
    driver: 'bridge',
    ...chooseAddresses(engine, body),
    bridge: checkBridgeName(engine, options?.[BRIDGE_NAME] || `br-${id.slice(0, 12)}`),
    options: options ?? {},
    labels: labels ?? {},
    ...(internal === true && { internal }),
    ...(attachable === true && { attachable }),
    ...(ipam?.Options !== undefined && { ipamOptions: ipam.Options }),
  };
  engine.networks.add(record);
  engine.events.publish('network', 'create', id, { name, type: 'bridge' });
  return record;
}

function checkName(name: string): void {
  if (PREDEFINED.includes(name)) throw apiError('forbidden', `operation is not permitted on predefined ${name} network `);
  if (name.trim() === '' || /[/\0\n]/.test(name) || name.length > 255) throw apiError('invalid-parameter', `invalid name: ${name}`);
}

function checkDriver(driver: string): void {
  if (driver === 'host' || driver === 'null') throw apiError('forbidden', `only one instance of "${driver}" network is allowed`);
  if (driver !== '' && driver !== 'bridge' && driver !== 'default') throw apiError('not-found', `plugin "${driver}" not found`);
}

/** One bridge, one network. */
function checkBridgeName(engine: Engine, link: string): string {
  if (link.length > LONGEST_LINK_NAME || !/^[A-Za-z0-9_.:-]+$/.test(link)) throw apiError('invalid-parameter', `invalid bridge name: ${JSON.stringify(link)}`);
  const owner = engine.networks.list().find(({ bridge }) => bridge === link);
  if (owner !== undefined) throw apiError('forbidden', `conflicts with network ${owner.id} (${owner.name}): networks have same bridge name`);
  if (engine.host.files.exists(`/sys/class/net/${link}`)) throw apiError('forbidden', `there is a link ${link} on the machine already`);
  return link;
}

type Addresses = Pick<NetworkRecord, 'subnet' | 'gateway' | 'impliesGateway' | 'range' | 'reserved'>;

function chooseAddresses(engine: Engine, { IPAM: ipam }: NetworkCreateBody): Addresses {
  const { Driver: driver = 'default', Config: configs } = ipam ?? {};
  if (driver !== 'default' && driver !== '') throw apiError('not-found', `plugin "${driver}" not found`);
  const [config, ...more] = configs ?? [];
  if (more.length > 0) throw apiError('invalid-parameter', 'bridge driver does not support multiple subnets');
  if (!config?.Subnet) {
    if (config?.Gateway || config?.IPRange) throw apiError('invalid-parameter', 'a gateway or a range of addresses needs a subnet');
    return findSubnet(engine);
  }
  const subnet = requireSubnet(config.Subnet, 'subnet');
  if (subnet.length > 30) throw apiError('invalid-parameter', `subnet ${config.Subnet} is too small`);
  if (ownSubnets(engine).some((one) => overlap(one, subnet))) throw apiError('forbidden', 'Pool overlaps with other one on this address space');
  const reserved = config.AuxiliaryAddresses ?? {};
  for (const address of [config.Gateway, ...Object.values(reserved)]) if (address) requireInside(address, subnet);
  const range = config.IPRange ? requireSubnet(config.IPRange, 'ip-range') : undefined;
  if (range !== undefined && !contains(subnet, range.base)) throw apiError('invalid-parameter', `invalid ip-range ${config.IPRange!}: it is not in subnet ${config.Subnet}`);
  return {
    subnet: renderSubnet(subnet),
    gateway: config.Gateway || renderIpv4((range?.base ?? subnet.base) + ((range?.base ?? subnet.base) === subnet.base ? 1 : 0)),
    ...(!config.Gateway && { impliesGateway: true }),
    ...(config.IPRange && { range: config.IPRange }),
    ...(Object.keys(reserved).length > 0 && { reserved }),
  };
}

function requireSubnet(text: string, what: string): Subnet {
  const subnet = parseSubnet(text);
  if (subnet === undefined) throw apiError('invalid-parameter', `invalid network config:\ninvalid ${what} ${text}: invalid CIDR block notation`);
  return subnet;
}

function requireInside(address: string, subnet: Subnet): void {
  const value = parseIpv4(address);
  if (value === undefined || !contains(subnet, value)) throw apiError('invalid-parameter', `no matching subnet for gateway ${address}`);
}

/** Throws `forbidden` in moby's words. */
export async function removeNetwork(engine: Engine, network: NetworkRecord): Promise<void> {
  const { id, name } = network;
  if (PREDEFINED.includes(name)) throw apiError('forbidden', `${name} is a pre-defined network and cannot be removed`);
  const isUsed = engine.containers.list().some(({ run }) => run?.network?.endpoints.some(({ networkId }) => networkId === id));
  if (isUsed) throw apiError('forbidden', `error while removing network: network ${name} id ${id} has active endpoints`);
  engine.networks.remove(network);
  engine.events.publish('network', 'destroy', id, { name, type: 'bridge' });
  await syncNetworks(engine);
}
