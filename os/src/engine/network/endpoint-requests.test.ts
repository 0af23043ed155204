import type { EndpointSettings, HostConfig } from '@drover/docker-api';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { planEndpointRequests } from './endpoint-requests.ts';
import type { EndpointRequests, NetworkRecord } from './network-record.ts';

const NET: NetworkRecord = { format: 1, id: 'f'.repeat(64), name: 'net', createdAt: '', driver: 'bridge', subnet: '10.9.0.0/24', gateway: '10.9.0.1', bridge: 'br-f', options: {}, labels: {} };

function plan(hostConfig: HostConfig, endpoints?: Readonly<Record<string, EndpointSettings>>): EndpointRequests | undefined {
  return planEndpointRequests(hostConfig, endpoints === undefined ? undefined : { EndpointsConfig: endpoints }, (name) => (name === 'net' || NET.id.startsWith(name) ? NET : undefined));
}

test('a container asks for the network of its mode first, by its name, whatever it was called', () => {
  deepEqual(plan({}), { bridge: {} });
  deepEqual(plan({ NetworkMode: 'default' }, { default: { MacAddress: 'm' } }), { bridge: { MacAddress: 'm' } });
  deepEqual(plan({ NetworkMode: 'ffff' }, { ffff: { Aliases: ['x'] } }), { net: { Aliases: ['x'] } });
  equal(Object.keys(plan({ NetworkMode: 'later' }, { net: {}, later: {} })!).join(' '), 'later net');
  deepEqual(plan({ Links: ['data:db'] }), { bridge: { Links: ['data:db'] } });
  for (const NetworkMode of ['host', 'none', 'container:x']) equal(plan({ NetworkMode }), undefined);
});

test('addresses and aliases are for networks of users, and an address must lie in the network', async () => {
  const refused = async (mode: string, settings: EndpointSettings): Promise<string> => (await rejects(async () => void plan({ NetworkMode: mode }, { [mode]: settings }), 'invalid-parameter')).message;
  equal(await refused('bridge', { Aliases: ['x'], IPAMConfig: { IPv4Address: '1.2.3.4' } }), 'invalid config for network bridge: invalid endpoint settings:\n* user specified IP address is supported on user defined networks only\n* network-scoped aliases are only supported for user-defined networks');
  equal(await refused('net', { IPAMConfig: { IPv4Address: '10.9.1.1' } }), 'invalid config for network net: invalid endpoint settings:\nno configured subnet or ip-range contain the IP address 10.9.1.1');
  equal(await refused('net', { IPAMConfig: { IPv4Address: 'x' } }), 'invalid config for network net: invalid endpoint settings:\n* invalid IPv4 address: x\n* no configured subnet or ip-range contain the IP address x');
});
