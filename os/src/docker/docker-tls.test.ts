import { FakeClock, FakeHost } from '@drover/host';
import type { CertificateRequest, Certificates, Kernel } from '@drover/host';
import { resolveConfiguration } from '@drover/cloud-config';
import type { Configuration } from '@drover/cloud-config';
import { parseCloudConfig } from '@drover/cloud-config/yaml';
import { deepEqual, equal, match, rejects, test } from '@drover/testing';
import { generateCertificates, prepareServer } from './docker-tls.ts';

const FILE = '/var/lib/rancher/conf/cloud-config.yml';
const NOW = Date.UTC(2026, 10, 22);

/** Certificates as text that says what was asked for. */
function machine(now = NOW): FakeHost & { readonly certificates: Certificates; readonly kernel: Kernel } {
  let keys = 0;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const host = new FakeHost();
  host.files.makeDirectory('/home/rancher');
  host.files.makeDirectory('/proc');
  host.files.write('/proc/cmdline', '\n');
  return Object.assign(host, {
    clock: new FakeClock(now),
    kernel: { tryLock: () => ({ release: () => undefined }) } as unknown as Kernel,
    certificates: {
      makeKey: () => `KEY${(keys += 1)}`,
      sign: ({ key, issuer, usage, names = [], from, to }: CertificateRequest) => `${usage} of ${key} by ${issuer === undefined ? 'itself' : issuer.key} for [${names.join(' ')}] ${day(from)}..${day(to)}`,
      expiry: () => 0,
    },
  });
}

function options(host: FakeHost): Configuration['rancher']['docker'] {
  const text = host.files.readTextIfPresent(FILE) ?? '';
  return resolveConfiguration([parseCloudConfig(text, FILE)]).config.rancher.docker;
}

test('the first certificate makes the authority, which signs all others; what only the client needs is kept nowhere else', async () => {
  const host = machine();
  await generateCertificates(host, 'server', '/etc/docker/tls', ['localhost', 'box.example', '10.1.2.3']);
  await generateCertificates(host, 'client', '/home/rancher/.docker', []);
  const [server, client] = ['/etc/docker/tls', '/home/rancher/.docker'];
  deepEqual([host.files.list(server), host.files.list(client)], [['ca-key.pem', 'ca.pem', 'server-cert.pem', 'server-key.pem'], ['ca.pem', 'cert.pem', 'key.pem']]);
  equal(host.files.readText(`${server}/server-cert.pem`), 'server of KEY2 by KEY1 for [localhost 127.0.0.1 ::1 box.example 10.1.2.3] 2026-11-21..2029-11-06');
  equal(host.files.readText(`${client}/cert.pem`), 'client of KEY3 by KEY1 for [] 2026-11-21..2029-11-06');
  equal(host.files.readText(`${client}/ca.pem`), host.files.readText(`${server}/ca.pem`));
  deepEqual([options(host).ca_key, options(host).server_key, host.files.readText(FILE).includes('KEY3')], ['KEY1', 'KEY2', false]);
  const modes = [server, `${server}/server-key.pem`, client, `${client}/key.pem`].map((path) => host.files.stat(path)!);
  deepEqual(modes.map(({ mode, uid }) => [(mode & 0o777).toString(8), uid]), [['700', 0], ['600', 0], ['700', 1100], ['600', 1100]]);
});

test('a server certificate is made anew each time, the authority is not', async () => {
  const host = machine();
  for (let i = 0; i < 2; i += 1) await generateCertificates(host, 'server', '/x', []);
  deepEqual([options(host).ca_key, options(host).server_key], ['KEY1', 'KEY3']);
});

test('on a machine whose clock is years behind, certificates count by its clock and by the true one', async () => {
  const host = machine(Date.UTC(1970, 0, 2));
  await generateCertificates(host, 'client', '/x', []);
  match(host.files.readText('/x/cert.pem'), / 1970-01-01\.\.2028-12-16$/);
});

test('half a pair and names that are none are refused before anything is written', async () => {
  const host = machine();
  host.files.makeDirectory('/var/lib/rancher/conf');
  host.files.write(FILE, 'rancher: {docker: {ca_cert: C}}\n');
  match((await rejects(() => generateCertificates(host, 'server', '/x', []), 'half-a-pair')).message, /ca_cert is set, and rancher\.docker\.ca_key is not/);
  await rejects(() => generateCertificates(host, 'server', '/x', ['a b']), 'bad-host-name');
  equal(host.files.exists('/x'), false);
});

test('Docker starts with the certificates of the configuration, else with those that are there, else with new ones', async () => {
  const given = machine();
  await prepareServer(given, { ...options(given), ca_cert: 'C', ca_key: 'CK', server_cert: 'S', server_key: 'SK' });
  deepEqual(['ca.pem', 'server-cert.pem', 'server-key.pem'].map((name) => given.files.readText(`/etc/docker/tls/${name}`)), ['C', 'S', 'SK']);
  const there = machine();
  there.files.makeDirectory('/etc/docker/tls');
  there.files.write('/etc/docker/tls/server-cert.pem', 'mine');
  await rejects(() => prepareServer(there, options(there)), 'no-authority');
  there.files.write('/etc/docker/tls/ca.pem', 'mine, too');
  await prepareServer(there, options(there));
  deepEqual([there.files.list('/etc/docker/tls'), there.files.exists(FILE)], [['ca.pem', 'server-cert.pem'], false]);
  const fresh = machine();
  await prepareServer(fresh, options(fresh));
  equal(fresh.files.list('/etc/docker/tls').length, 4);
  equal(options(fresh).server_key, 'KEY2');
});
