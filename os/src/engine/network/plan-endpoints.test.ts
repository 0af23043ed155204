import type { EndpointSettings } from '@drover/docker-api';
import { equal, rejects, test } from '@drover/testing';
import type { Endpoint, NetworkRecord } from './network-record.ts';
import { planEndpoint } from './plan-endpoints.ts';

const NETWORK: NetworkRecord = { format: 1, id: 'f'.repeat(64), name: 'net', createdAt: '', driver: 'bridge', subnet: '172.16.42.0/29', gateway: '172.16.42.1', bridge: 'br-f', options: {}, labels: {}, reserved: { router: '172.16.42.3' } };

function plan(settings: EndpointSettings = {}, taken: readonly string[] = [], network: NetworkRecord = NETWORK): Endpoint {
  return planEndpoint(network, settings, { taken: new Set(taken), endpointId: '0123456789'.repeat(7).slice(0, 64), inside: 'eth0' });
}

test('a container gets the lowest address that is neither the gateway nor reserved nor taken, and a hardware address of it', () => {
  const { address, mac, link, prefixLength, gateway } = plan();
  equal(`${address}/${prefixLength} ${mac} ${link} ${gateway}`, '172.16.42.2/29 02:42:ac:10:2a:02 veth0123456 172.16.42.1');
  equal(plan({}, ['172.16.42.2']).address, '172.16.42.4');
  equal(plan({}, [], { ...NETWORK, range: '172.16.42.4/30' }).address, '172.16.42.4');
  equal(plan({ MacAddress: '02:00:00:00:00:09' }).mac, '02:00:00:00:00:09');
  equal(plan({}, [], { ...NETWORK, internal: true }).gateway, '');
});

test('a subnet that is full is an error, and so is an address that is taken, outside, the broadcast or none', async () => {
  await rejects(async () => void plan({}, ['172.16.42.2', '172.16.42.4', '172.16.42.5', '172.16.42.6']), 'forbidden');
  const fixed = (text: string, taken: readonly string[] = []): Promise<unknown> => rejects(async () => void plan({ IPAMConfig: { IPv4Address: text } }, taken), text === '172.16.42.5' || text.endsWith('.7') || text.endsWith('.1') ? 'forbidden' : 'invalid-parameter');
  await fixed('172.16.42.5', ['172.16.42.5']);
  for (const text of ['172.16.42.1', '172.16.42.7', '172.16.43.2', 'x']) await fixed(text);
  equal(plan({ IPAMConfig: { IPv4Address: '172.16.42.5' } }).address, '172.16.42.5');
});
