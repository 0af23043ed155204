import { FakeHost } from '@drover/host';
import { deepEqual, rejects, test } from '@drover/testing';
import type { Environment } from './find-endpoint.ts';
import { findEndpoint } from './find-endpoint.ts';

const CERTIFICATES = { '/home/.docker/ca.pem': 'CA', '/home/.docker/cert.pem': 'CERT', '/home/.docker/key.pem': 'KEY', '/etc/hosts': '192.0.2.7 engine\n', '/half/ca.pem': 'CA', '/half/key.pem': 'KEY' };
const find = (environment: Environment, wanted?: string): ReturnType<typeof findEndpoint> => findEndpoint(new FakeHost(CERTIFICATES), wanted, { HOME: '/home', ...environment });
const TLS = { authorities: 'CA', certificate: 'CERT', key: 'KEY' };

const TABLE: readonly (readonly [string, Environment, unknown])[] = [
  ['nothing is set', {}, { address: { unix: '/var/run/docker.sock' } }],
  ['a socket', { DOCKER_HOST: 'unix:///run/x.sock', DOCKER_TLS_VERIFY: '1' }, { address: { unix: '/run/x.sock' } }],
  ['an address', { DOCKER_HOST: 'tcp://192.0.2.1:2375' }, { address: { host: '192.0.2.1', port: 2375 } }],
  ['an address of IPv6', { DOCKER_HOST: 'tcp://[2001:db8::1]' }, { address: { host: '2001:db8::1', port: 2375 } }],
  ['a name, with TLS', { DOCKER_HOST: 'tcp://engine', DOCKER_TLS_VERIFY: '1' }, { address: { host: '192.0.2.7', port: 2376 }, tls: { serverName: 'engine', ...TLS } }],
  ['TLS without verifying', { DOCKER_HOST: 'tcp://engine:99', DOCKER_TLS: '1' }, { address: { host: '192.0.2.7', port: 99 }, tls: { serverName: 'engine', certificate: 'CERT', key: 'KEY' } }],
];

for (const [title, environment, expected] of TABLE) {
  test(`the engine is found by the docker command's variables: ${title}`, async () => deepEqual(await find(environment), expected));
}

test('what no engine can be found with is told', async () => {
  await rejects(() => find({ DOCKER_HOST: 'ssh://me@engine' }), 'bad-host');
  await rejects(() => find({}, 'engine:2375'), 'bad-host');
  await rejects(() => find({ DOCKER_HOST: 'tcp://engine', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/none' }), 'bad-certificate');
  await rejects(() => find({ DOCKER_HOST: 'tcp://engine', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/half' }), 'bad-certificate');
});
