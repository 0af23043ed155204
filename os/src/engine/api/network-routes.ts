// /networks/...

import type { EndpointSettings, NetworkCreateBody } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Container } from '../container/container.ts';
import type { Engine } from '../engine.ts';
import { connectContainer, disconnectContainer } from '../network/change-networks.ts';
import { createNetwork, removeNetwork } from '../network/create-network.ts';
import { endpointRequestsOf } from '../network/endpoint-requests.ts';
import { findSubnet } from '../network/join-networks.ts';
import type { NetworkRecord } from '../network/network-record.ts';
import { PREDEFINED } from '../network/network-record.ts';
import type { ApiRequest, Handler, Routes } from './api-request.ts';
import { defineRoutes } from './api-request.ts';
import { ENDPOINT, NETWORK_CREATE } from './body-shapes.ts';
import { checkShape } from './check-shape.ts';
import { matchesLabels, matchesName, parseFilters } from './parse-filters.ts';
import { parseUntil } from './parse-until.ts';
import { passesLabels } from './prune.ts';

const NETWORK_FILTERS = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'];

/** `withContainers`: lists don't have them. */
function render(engine: Engine, record: NetworkRecord, withContainers: boolean): Readonly<Record<string, unknown>> {
  const { name, id, driver } = record;
  return {
    Name: name, Id: id, Created: record.createdAt, Scope: 'local', Driver: driver, EnableIPv6: false,
    IPAM: { Driver: 'default', Options: record.ipamOptions ?? null, Config: driver === 'bridge' ? [renderSubnet(engine, record)] : null },
    Internal: record.internal === true, Attachable: record.attachable === true, Ingress: false, ConfigFrom: { Network: '' }, ConfigOnly: false,
    Containers: withContainers ? renderContainers(engine, record) : {}, Options: record.options, Labels: record.labels,
  };
}

/** Of the default bridge, as long as it is not there: the one that it would get now. */
function renderSubnet(engine: Engine, record: NetworkRecord): Readonly<Record<string, unknown>> {
  const { subnet, gateway } = record.subnet === undefined ? (engine.bridges.get(record.id) ?? findSubnet(engine)) : record;
  return { Subnet: subnet, ...(record.range !== undefined && { IPRange: record.range }), ...(record.impliesGateway !== true && { Gateway: gateway }), ...(record.reserved !== undefined && { AuxiliaryAddresses: record.reserved }) };
}

function renderContainers(engine: Engine, { id, driver, name: network }: NetworkRecord): Readonly<Record<string, unknown>> {
  return Object.fromEntries(engine.containers.list().flatMap((container) => {
    if (driver !== 'bridge') {
      const isOn = container.record.hostConfig.NetworkMode === network && container.run?.phase === 'running';
      return isOn ? [[container.id, { Name: container.name, EndpointID: '', MacAddress: '', IPv4Address: '', IPv6Address: '' }]] : [];
    }
    const endpoint = container.run?.network?.endpoints.find(({ networkId }) => networkId === id);
    if (endpoint === undefined) return [];
    const { endpointId, mac, address, prefixLength } = endpoint;
    return [[container.id, { Name: container.name, EndpointID: endpointId, MacAddress: mac, IPv4Address: `${address}/${prefixLength}`, IPv6Address: '' }]];
  }));
}

const list: Handler = async (engine, request) => {
  const filters = parseFilters(request.query.get('filters'), NETWORK_FILTERS);
  const odd = filters['type']?.find((type) => type !== 'custom' && type !== 'builtin');
  if (odd !== undefined) throw apiError('invalid-parameter', `invalid filter: 'type'='${odd}'`);
  const dangling = filters['dangling']?.map((text) => text === 'true' || text === '1');
  const found = engine.networks.list().filter((record) => (
    matchesName(filters['name'], record.name) &&
    matchesName(filters['id'], record.id) &&
    matchesLabels(filters['label'], record.labels) &&
    (filters['driver']?.includes(record.driver) ?? true) &&
    (filters['scope']?.includes('local') ?? true) &&
    (filters['type']?.includes(isPredefined(record) ? 'builtin' : 'custom') ?? true) &&
    (dangling === undefined || (!isPredefined(record) && dangling.includes(!isInUse(engine, record))))
  ));
  await request.send(200, found.map((record) => render(engine, record, false)));
};

function isPredefined({ name }: NetworkRecord): boolean {
  return PREDEFINED.includes(name);
}

/** Somebody who runs is on it, or would be when it is started. */
function isInUse({ containers }: Engine, { id }: NetworkRecord): boolean {
  return containers.list().some(({ run }) => run?.network?.endpoints.some(({ networkId }) => networkId === id));
}

const inspect: Handler = (engine, request) => request.send(200, render(engine, engine.networks.require(request.name), true));

const create: Handler = async (engine, request) => {
  const body = (await request.readJson()) as NetworkCreateBody;
  checkShape(body, NETWORK_CREATE, 'NetworkCreateRequest');
  await request.send(201, { Id: createNetwork(engine, body).id, Warning: '' });
};

const remove: Handler = async (engine, request) => {
  await removeNetwork(engine, engine.networks.require(request.name));
  await request.done();
};

const prune: Handler = async (engine, request) => {
  const filters = parseFilters(request.query.get('filters'), ['label', 'label!', 'until']);
  const until = parseUntil(filters['until'], engine.host.clock.now());
  const doomed = engine.networks.list().filter((record) => !isPredefined(record) && !isInUse(engine, record) && !isAskedFor(engine, record) && Date.parse(record.createdAt) <= until && passesLabels(filters, record.labels));
  for (const record of doomed) await removeNetwork(engine, record);
  await request.send(200, { NetworksDeleted: doomed.length === 0 ? null : doomed.map(({ name }) => name) });
};

/** By a container that does not run. */
function isAskedFor({ containers }: Engine, { name }: NetworkRecord): boolean {
  return containers.list().some(({ record }) => name in endpointRequestsOf(record));
}

interface ConnectBody {
  readonly Container?: string;
  readonly EndpointConfig?: EndpointSettings | null;
  readonly Force?: boolean;
}

async function readConnect(engine: Engine, request: ApiRequest): Promise<{ readonly network: NetworkRecord; readonly container: Container | undefined; readonly body: ConnectBody }> {
  const body = (await request.readJson()) as ConnectBody;
  checkShape(body, { fields: { Container: 'string', EndpointConfig: ENDPOINT, Force: 'bool' } }, 'ConnectOptions');
  const network = engine.networks.require(request.name);
  return { network, container: engine.containers.find(body.Container ?? ''), body };
}

const connect: Handler = async (engine, request) => {
  const { network, container, body } = await readConnect(engine, request);
  if (container === undefined) throw apiError('not-found', `No such container: ${body.Container ?? ''}`);
  await connectContainer(engine, network, container, body.EndpointConfig ?? {});
  await request.exchange.respond(200);
};

const disconnect: Handler = async (engine, request) => {
  const { network, container, body } = await readConnect(engine, request);
  if (container === undefined) throw apiError('not-found', `No such container: ${body.Container ?? ''}`);
  await disconnectContainer(engine, network, container, body.Force === true);
  await request.exchange.respond(200);
};

export const ROUTES: Routes = defineRoutes({
  'GET /networks': list,
  'GET /networks/{name}': inspect,
  'POST /networks/create': create,
  'POST /networks/prune': prune,
  'DELETE /networks/{name}': remove,
  'POST /networks/{name}/connect': connect,
  'POST /networks/{name}/disconnect': disconnect,
});
