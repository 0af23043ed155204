// A container that starts gets its places on its bridges and its published ports; what it is given is in its run before
// anything is made, so that whatever a crash leaves can be found and taken away.

import { encodeHex } from '@drover/core';
import type { EndpointSettings } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Container } from '../container/container.ts';
import { NO_PROCESS } from '../container/container-record.ts';
import type { Engine } from '../engine.ts';
import type { Bridge } from './bridge-table.ts';
import { chooseSubnet, parseRoutes } from './choose-subnet.ts';
import { endpointRequestsOf } from './endpoint-requests.ts';
import type { Subnet } from './ipv4.ts';
import { parseSubnet, renderIpv4, renderSubnet } from './ipv4.ts';
import { connectPair, makeBridge, readLinkIndex, removeLink } from './links.ts';
import type { Endpoint, NetworkRecord, PublishedPort, RunNetwork } from './network-record.ts';
import { planEndpoint } from './plan-endpoints.ts';
import type { PortRequest } from './plan-ports.ts';
import { candidatePorts, planPorts } from './plan-ports.ts';
import { NETWORKS_LOCK, syncNetworks } from './sync-networks.ts';

/** How many ports that others than containers listen on are passed over. */
const MOST_TRIES = 200;

/** Before it is created. Saves the run. Throws API errors. */
export function joinNetworks(engine: Engine, container: Container): Promise<void> {
  return engine.locks.run(NETWORKS_LOCK, async () => {
    const { host, containers } = engine;
    const endpoints: Endpoint[] = [];
    for (const [name, settings] of Object.entries(endpointRequestsOf(container.record))) {
      endpoints.push(placeOn(engine, engine.networks.require(name), settings, `eth${endpoints.length}`));
    }
    const network: RunNetwork = { sandboxId: encodeHex(host.random(32)), endpoints, ports: [] };
    containers.saveRun(container, { phase: 'creating', ...NO_PROCESS, network });
    const ports = await publishPorts(engine, container, endpoints);
    if (ports.length > 0) containers.saveRun(container, { phase: 'creating', ...NO_PROCESS, network: { ...network, ports } });
  });
}

/** Once it is created, before it runs: `pid` is its first process. */
export async function connectNetworks(engine: Engine, container: Container, pid: number): Promise<void> {
  const { endpoints } = container.run!.network!;
  const way = endpoints.find(({ gateway }) => gateway !== '');
  for (const endpoint of endpoints) connectPair(engine.host, engine.bridges.get(endpoint.networkId)!, endpoint, pid, endpoint === way);
  await syncNetworks(engine);
  for (const { networkId, networkName } of endpoints) engine.events.publish('network', 'connect', networkId, { container: container.id, name: networkName, type: 'bridge' });
}

/** The network's bridge is there afterwards. Throws API errors. */
export function placeOn(engine: Engine, network: NetworkRecord, settings: EndpointSettings, inside: string): Endpoint {
  if (network.driver !== 'bridge') throw apiError('forbidden', 'container cannot be connected to multiple networks with one of the networks in private (none) mode');
  const { subnet, gateway } = requireBridge(engine, network);
  const live = engine.containers.list().flatMap(({ run }) => run?.network?.endpoints ?? []);
  const taken = new Set(live.filter(({ networkId }) => networkId === network.id).map(({ address }) => address));
  return planEndpoint({ ...network, subnet, gateway }, settings, { taken, endpointId: encodeHex(engine.host.random(32)), inside });
}

function requireBridge(engine: Engine, network: NetworkRecord): Bridge {
  const { host, bridges } = engine;
  const known = bridges.get(network.id);
  if (known !== undefined && readLinkIndex(host, known.link) !== undefined) return known;
  const { subnet, gateway } = network.subnet === undefined ? findSubnet(engine) : { subnet: network.subnet, gateway: network.gateway! };
  const bridge: Bridge = { networkId: network.id, link: network.bridge!, subnet, gateway, internal: network.internal === true };
  removeLink(host, bridge.link); // of somebody who was cut short
  bridges.add(bridge);
  makeBridge(host, bridge);
  return bridge;
}

/** What nobody uses. Throws `system` when there is none. */
export function findSubnet(engine: Engine): { readonly subnet: string; readonly gateway: string } {
  const { files } = engine.host;
  const servers = [...(files.readTextIfPresent('/etc/resolv.conf') ?? '').matchAll(/^nameserver\s+(\S+)/gm)].map(([, server]) => server!);
  const found = chooseSubnet([...readRoutes(engine), ...ownSubnets(engine)], servers);
  if (found === undefined) throw apiError('system', 'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network', { hint: 'create a network with --subnet, and use that' });
  return { subnet: renderSubnet(found), gateway: renderIpv4(found.base + 1) };
}

/** Where the machine's routes lead, but for those of its own bridges. */
export function readRoutes({ host, bridges }: Engine): Subnet[] {
  return parseRoutes(host.files.readTextIfPresent('/proc/net/route') ?? '', bridges.list().map(({ link }) => link));
}

export function ownSubnets({ networks, bridges }: Engine): Subnet[] {
  return [...networks.list(), ...bridges.list()].flatMap(({ subnet }) => parseSubnet(subnet ?? '') ?? []);
}

/** On the container's first bridge that leads outside. Throws `system` in moby's words. */
async function publishPorts(engine: Engine, container: Container, endpoints: readonly Endpoint[]): Promise<PublishedPort[]> {
  const { hostConfig, config } = container.record;
  const endpoint = endpoints.find(({ gateway }) => gateway !== '');
  if (endpoint === undefined) return [];
  const ports: PublishedPort[] = [];
  for (const request of planPorts(hostConfig, config.ExposedPorts ?? {})) {
    const taken = [...ports, ...engine.containers.list().flatMap(({ run }) => run?.network?.ports ?? [])];
    const { port, protocol, hostAddress } = request;
    const hostPort = await choosePort(engine, request, taken, (why) => apiError('system', `driver failed programming external connectivity on endpoint ${container.name} (${endpoint.endpointId}): ${why}`));
    ports.push({ port, protocol, hostAddress, hostPort, address: endpoint.address });
  }
  return ports;
}

async function choosePort(engine: Engine, request: PortRequest, taken: readonly PublishedPort[], refuse: (why: string) => Error): Promise<number> {
  const { hostAddress, first, last, protocol } = request;
  const candidates = candidatePorts(request, taken);
  if (candidates.length === 0) throw refuse(first === last ? `Bind for ${hostAddress}:${first} failed: port is already allocated` : `all ports are allocated`);
  for (const port of candidates.slice(0, MOST_TRIES)) if (await isFree(engine, hostAddress, port, protocol)) return port;
  throw refuse(`listen ${protocol}4 ${hostAddress}:${candidates[0]!}: bind: address already in use`);
}

/** Whether nobody on the machine listens there. */
async function isFree({ host: { sockets } }: Engine, host: string, port: number, protocol: PublishedPort['protocol']): Promise<boolean> {
  try {
    if (protocol === 'tcp') sockets.listen({ host, port }, (connection) => connection.close()).close();
    if (protocol === 'udp') (await sockets.openDatagrams({ host, port })).close();
    return true;
  } catch {
    return false;
  }
}
