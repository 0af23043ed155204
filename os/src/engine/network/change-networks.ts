// `docker network connect` and `disconnect`: a container's networks change, whether it runs or not.

import type { EndpointSettings } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Container } from '../container/container.ts';
import type { Engine } from '../engine.ts';
import { parseNetworkMode } from '../spec/namespace-modes.ts';
import { checkEndpointSettings, endpointRequestsOf } from './endpoint-requests.ts';
import { placeOn } from './join-networks.ts';
import { connectPair } from './links.ts';
import type { Endpoint, EndpointRequests, NetworkRecord, PublishedPort } from './network-record.ts';
import { NETWORKS_LOCK, syncNetworks } from './sync-networks.ts';

const HOST_REFUSAL = 'container cannot be disconnected from host network or connected to host network';

/** Throws API errors in moby's words. */
export function connectContainer(engine: Engine, network: NetworkRecord, container: Container, settings: EndpointSettings): Promise<void> {
  return engine.locks.run(container.id, async () => {
    const requests = endpointRequestsOf(container.record);
    checkConnect(network, container);
    if (network.name in requests) throw apiError('forbidden', `endpoint with name ${container.name} already exists in network ${network.name}`);
    checkEndpointSettings(network.name, settings, network);
    if (container.run?.phase === 'running') await join(engine, network, container, settings);
    saveRequests(engine, container, { ...requests, [network.name]: settings });
  });
}

function checkConnect(network: NetworkRecord, { record }: Container): void {
  const { kind } = parseNetworkMode(record.hostConfig.NetworkMode);
  if (network.driver === 'host') throw apiError('forbidden', HOST_REFUSAL);
  if (kind === 'container' || kind === 'host') throw apiError('invalid-parameter', 'container sharing network namespace with another container or host cannot be connected to any other network');
  if (kind === 'none' || network.driver === 'null') throw apiError('forbidden', 'container cannot be connected to multiple networks with one of the networks in private (none) mode');
}

async function join(engine: Engine, network: NetworkRecord, container: Container, settings: EndpointSettings): Promise<void> {
  const endpoint = await engine.locks.run(NETWORKS_LOCK, () => {
    const current = container.run!.network!;
    const made = placeOn(engine, network, settings, freeName(current.endpoints));
    engine.containers.saveRun(container, { ...container.run!, network: { ...current, endpoints: [...current.endpoints, made] } });
    return made;
  });
  try {
    const isGateway = endpoint.gateway !== '' && !container.run!.network!.endpoints.some((one) => one !== endpoint && one.gateway !== '');
    connectPair(engine.host, engine.bridges.get(network.id)!, endpoint, container.run!.pid, isGateway);
  } catch (error) {
    saveEndpoints(engine, container, container.run!.network!.endpoints.filter((one) => one !== endpoint));
    await syncNetworks(engine);
    throw error;
  }
  await syncNetworks(engine);
  engine.events.publish('network', 'connect', network.id, { container: container.id, name: network.name, type: 'bridge' });
}

/** The first of eth0, eth1... that it has not. */
function freeName(endpoints: readonly Endpoint[]): string {
  const taken = new Set(endpoints.map(({ inside }) => inside));
  let number = 0;
  while (taken.has(`eth${number}`)) number += 1;
  return `eth${number}`;
}

/** Throws API errors in moby's words. */
export function disconnectContainer(engine: Engine, network: NetworkRecord, container: Container, force: boolean): Promise<void> {
  return engine.locks.run(container.id, async () => {
    const { [network.name]: asked, ...others } = endpointRequestsOf(container.record);
    const { kind } = parseNetworkMode(container.record.hostConfig.NetworkMode);
    if (kind === 'host' || network.driver === 'host') throw apiError('forbidden', HOST_REFUSAL);
    if (asked === undefined) {
      if (force) return;
      throw apiError('forbidden', `container ${container.id} is not connected to network ${network.name}`);
    }
    saveRequests(engine, container, others);
    const endpoints = container.run?.network?.endpoints ?? [];
    if (!endpoints.some(({ networkId }) => networkId === network.id)) return;
    saveEndpoints(engine, container, endpoints.filter(({ networkId }) => networkId !== network.id));
    await syncNetworks(engine);
    engine.events.publish('network', 'disconnect', network.id, { container: container.id, name: network.name, type: 'bridge' });
  });
}

/** Ports that were published on an address that it no longer has go with it. */
function saveEndpoints(engine: Engine, container: Container, endpoints: readonly Endpoint[]): void {
  const network = container.run!.network!;
  const ports = network.ports.filter(({ address }: PublishedPort) => endpoints.some((endpoint) => endpoint.address === address));
  engine.containers.saveRun(container, { ...container.run!, network: { ...network, endpoints, ports } });
}

function saveRequests(engine: Engine, container: Container, networks: EndpointRequests): void {
  const record = { ...container.record, networks };
  engine.containers.saveRecord(record);
  container.record = record;
}
