// /networks/...: the machine's network and none; System Docker has no other yet.

import { apiError } from '../api-error.ts';
import { NETWORK_IDS } from '../container/render-network.ts';
import type { Handler, Routes } from './api-request.ts';
import { defineRoutes } from './api-request.ts';
import { matchesName, parseFilters } from './parse-filters.ts';

const NETWORK_FILTERS = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'];

function render(name: 'host' | 'none'): Readonly<Record<string, unknown>> {
  return {
    Name: name, Id: NETWORK_IDS[name], Created: '1970-01-01T00:00:00Z', Scope: 'local', Driver: name === 'host' ? 'host' : 'null', EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: null }, Internal: false, Attachable: false, Ingress: false, ConfigFrom: { Network: '' }, ConfigOnly: false,
    Containers: {}, Options: {}, Labels: {},
  };
}

const list: Handler = async (_, request) => {
  const filters = parseFilters(request.query.get('filters'), NETWORK_FILTERS);
  const names = (['host', 'none'] as const).filter((name) => matchesName(filters['name'], name) && matchesName(filters['id'], NETWORK_IDS[name]));
  await request.send(200, names.map(render));
};

const inspect: Handler = async (_, request) => {
  const name = (['host', 'none'] as const).find((one) => one === request.name || NETWORK_IDS[one].startsWith(request.name));
  if (name === undefined) throw apiError('not-found', `network ${request.name} not found`);
  await request.send(200, render(name));
};

const remove: Handler = (_, request) => {
  if (!isKnown(request.name)) throw apiError('not-found', `network ${request.name} not found`);
  throw apiError('forbidden', `${request.name} is a pre-defined network and cannot be removed`);
};

function isKnown(name: string): boolean {
  return (['host', 'none'] as const).some((one) => one === name || NETWORK_IDS[one].startsWith(name));
}

const prune: Handler = (_, request) => request.send(200, { NetworksDeleted: null });

const later: Handler = () => {
  throw apiError('not-implemented', 'networks of their own are not supported by System Docker yet');
};

export const ROUTES: Routes = defineRoutes({
  'GET /networks': list,
  'GET /networks/{name}': inspect,
  'POST /networks/create': later,
  'POST /networks/prune': prune,
  'DELETE /networks/{name}': remove,
  'POST /networks/{name}/connect': later,
  'POST /networks/{name}/disconnect': later,
});
