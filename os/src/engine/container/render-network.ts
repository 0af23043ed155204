// A container's networks, as the API shows them.

import type { EndpointSettings, PortSummary } from '@drover/docker-api';
import type { Engine } from '../engine.ts';
import { endpointRequestsOf } from '../network/endpoint-requests.ts';
import type { Endpoint, PublishedPort } from '../network/network-record.ts';
import { NETWORK_IDS } from '../network/network-record.ts';
import { parsePort, sortPorts } from '../network/plan-ports.ts';
import { namesOn } from '../network/render-names.ts';
import { parseNetworkMode } from '../spec/namespace-modes.ts';
import type { Container } from './container.ts';

const NO_ADDRESS = { EndpointID: '', Gateway: '', IPAddress: '', IPPrefixLen: 0, IPv6Gateway: '', GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0 } as const;

export function renderNetworks({ networks }: Engine, container: Container): Readonly<Record<string, unknown>> {
  const { record, run, status } = container;
  const { kind } = parseNetworkMode(record.hostConfig.NetworkMode);
  const joined = status !== 'created';
  if (kind === 'container') return {};
  if (kind !== 'network') return { [kind]: renderEndpoint(container, {}, undefined, joined ? NETWORK_IDS[kind] : '', true) };
  return Object.fromEntries(Object.entries(endpointRequestsOf(record)).map(([name, settings]) => {
    const endpoint = run?.network?.endpoints.find(({ networkName }) => networkName === name);
    const network = networks.find(name);
    return [name, renderEndpoint(container, settings, endpoint, joined ? (endpoint?.networkId ?? network?.id ?? '') : '', network?.id === NETWORK_IDS.bridge)];
  }));
}

function renderEndpoint(container: Container, settings: EndpointSettings, endpoint: Endpoint | undefined, networkId: string, isPredefined: boolean): Readonly<Record<string, unknown>> {
  const { Aliases: aliases = null, Links: links = null, IPAMConfig: ipam = null, DriverOpts: options = null } = settings;
  return {
    IPAMConfig: ipam, Links: links, Aliases: aliases, MacAddress: endpoint?.mac ?? settings.MacAddress ?? '', DriverOpts: options, NetworkID: networkId,
    ...(endpoint === undefined ? NO_ADDRESS : renderAddress(endpoint)),
    DNSNames: isPredefined ? null : namesOn(container, { aliases: aliases ?? [] }),
  };
}

function renderAddress({ endpointId, gateway, address, prefixLength }: Endpoint): Readonly<Record<string, unknown>> {
  return { ...NO_ADDRESS, EndpointID: endpointId, Gateway: gateway, IPAddress: address, IPPrefixLen: prefixLength };
}

export function renderNetworkSettings(engine: Engine, container: Container): Readonly<Record<string, unknown>> {
  const { network } = container.run ?? {};
  const first = network?.endpoints.find(({ networkName }) => networkName === 'bridge');
  return {
    Bridge: '', SandboxID: network?.sandboxId ?? '', SandboxKey: network === undefined || container.run?.phase !== 'running' ? '' : `/proc/${container.run.pid}/ns/net`, Ports: renderPorts(container), HairpinMode: false, LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0, SecondaryIPAddresses: null, SecondaryIPv6Addresses: null, ...(first === undefined ? NO_ADDRESS : renderAddress(first)), MacAddress: first?.mac ?? '',
    Networks: renderNetworks(engine, container),
  };
}

/** By the container's port; null for those that are only exposed. */
function renderPorts({ record, run }: Container): Readonly<Record<string, unknown>> {
  if (run?.network === undefined) return {};
  const { ports } = run.network;
  const names = sortPorts([...new Set([...Object.keys(record.config.ExposedPorts ?? {}), ...ports.map(nameOf)])]);
  return Object.fromEntries(names.map((name) => {
    const bindings = ports.filter((port) => nameOf(port) === name).map(({ hostAddress, hostPort }) => ({ HostIp: hostAddress, HostPort: String(hostPort) }));
    return [name, bindings.length === 0 ? null : bindings];
  }));
}

function nameOf({ port, protocol }: PublishedPort): string {
  return `${port}/${protocol}`;
}

/** As `docker ps` shows them. */
export function renderPortRows({ record, run }: Container): PortSummary[] {
  if (run?.network === undefined) return [];
  const { ports } = run.network;
  const exposed = Object.keys(record.config.ExposedPorts ?? {}).flatMap((name) => parsePort(name) ?? []);
  const idle = exposed.filter(({ port, protocol }) => !ports.some((one) => one.port === port && one.protocol === protocol));
  return [
    ...idle.map(({ port, protocol }) => ({ PrivatePort: port, Type: protocol })),
    ...ports.map(({ port, protocol, hostAddress, hostPort }) => ({ IP: hostAddress, PrivatePort: port, PublicPort: hostPort, Type: protocol })),
  ];
}
