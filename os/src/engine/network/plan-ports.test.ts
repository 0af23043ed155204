import type { HostConfig, NameSet } from '@drover/docker-api';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import type { PublishedPort } from './network-record.ts';
import { candidatePorts, EPHEMERAL, parsePort, planPorts } from './plan-ports.ts';

function plan(hostConfig: HostConfig, exposed: NameSet = {}): string[] {
  return planPorts(hostConfig, exposed).map(({ port, protocol, hostAddress, first, last }) => `${hostAddress}:${first}-${last}>${port}/${protocol}`);
}

test('what -p and -P ask for becomes requests, by the number of the port', () => {
  deepEqual(plan({ PortBindings: { '80/tcp': [{ HostPort: '8080' }], '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }, { HostPort: '1053' }] } }), ['127.0.0.1:53-53>53/udp', '0.0.0.0:1053-1053>53/udp', '0.0.0.0:8080-8080>80/tcp']);
  deepEqual(plan({ PortBindings: { '80/tcp': null, '81/tcp': [{}] } }), ['0.0.0.0:0-0>80/tcp', '0.0.0.0:0-0>81/tcp']);
  deepEqual(plan({ PortBindings: { '80': [{ HostPort: '8000-8002' }] } }), ['0.0.0.0:8000-8002>80/tcp']);
  deepEqual(plan({ PublishAllPorts: true, PortBindings: { '80/tcp': [{ HostPort: '8080' }] } }, { '80/tcp': {}, '90/udp': {} }), ['0.0.0.0:8080-8080>80/tcp', '0.0.0.0:0-0>90/udp']);
  deepEqual(plan({}, { '80/tcp': {} }), []);
});

test('what is no port is refused with its name', async () => {
  for (const name of ['0/tcp', '65536/tcp', '80/icmp', 'x', '']) equal(parsePort(name), undefined);
  deepEqual(parsePort('80/UDP'), { port: 80, protocol: 'udp' });
  for (const HostPort of ['x', '70000', '9-8', '-5', '1-2-3']) await rejects(async () => void plan({ PortBindings: { '80/tcp': [{ HostPort }] } }), 'invalid-parameter');
  await rejects(async () => void plan({ PortBindings: { '80/tcp': [{ HostIp: 'fd00::1', HostPort: '80' }] } }), 'invalid-parameter');
});

test('a port that another container has on the same address is no candidate; another address or protocol is in nobody’s way', () => {
  const taken: PublishedPort[] = [{ port: 80, protocol: 'tcp', hostAddress: '10.0.0.1', hostPort: 8000, address: '172.16.42.2' }];
  const candidates = (request: { hostAddress: string; protocol?: 'udp' }): number[] => candidatePorts({ port: 1, protocol: 'tcp', first: 8000, last: 8001, ...request }, taken);
  deepEqual(candidates({ hostAddress: '10.0.0.1' }), [8001]);
  deepEqual(candidates({ hostAddress: '0.0.0.0' }), [8001]);
  deepEqual(candidates({ hostAddress: '10.0.0.2' }), [8000, 8001]);
  deepEqual(candidates({ hostAddress: '0.0.0.0', protocol: 'udp' }), [8000, 8001]);
  equal(candidatePorts({ port: 1, protocol: 'tcp', hostAddress: '0.0.0.0', first: 0, last: 0 }, taken)[0], EPHEMERAL.first);
});
