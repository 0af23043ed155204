// `ros env` and `ros entrypoint`: what the program they become is given.

import { resolveConfiguration } from '@drover/cloud-config';
import { parseCloudConfig } from '@drover/cloud-config/yaml';
import { FakeHost } from '@drover/host';
import type { Mount, SystemHost } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { execProgram } from './exec-program.ts';
import { Flags } from './parse-flags.ts';
import { run as runEntrypoint } from './run-entrypoint.ts';
import { layEnvironment } from './run-with-environment.ts';

interface Recorded {
  readonly host: SystemHost;
  readonly files: FakeHost['files'];
  readonly did: string[];
}

function machine(tree: Readonly<Record<string, string>>): Recorded {
  const fake = new FakeHost(tree);
  const did: string[] = [];
  const kernel = { exec: (file: string, args: readonly string[]) => void did.push(`exec ${file} ${args.join(' ')}`) };
  const mounts = { mount: ({ source, target, flags = [] }: Mount) => void did.push(`mount ${flags.join(',')} ${source} ${target}`) };
  return { host: Object.assign(fake, { kernel, mounts }) as unknown as SystemHost, files: fake.files, did };
}

test('rancher.environment is below what is set already and above the proxies, each name once', () => {
  const text = 'rancher: {environment: {A: low, B: mine, https_proxy: "http://b:2"}, network: {http_proxy: "http://p:1", https_proxy: "http://p:1"}}';
  const { config } = resolveConfiguration([parseCloudConfig(text, 'f')]);
  deepEqual(layEnvironment(config, ['A=high', 'PATH=/bin']).sort(), ['A=high', 'B=mine', 'HTTPS_PROXY=http://p:1', 'HTTP_PROXY=http://p:1', 'PATH=/bin', 'http_proxy=http://p:1', 'https_proxy=http://b:2'].sort());
});

test('a program is found as a shell finds it: executable files of PATH in their order, or the path that was given', async () => {
  const { host, files, did } = machine({ '/a/tool': '', '/b/tool': '', '/b/other/x': '' });
  files.changeMode('/b/tool', 0o755);
  execProgram(host, ['tool', '-v'], ['PATH=/nowhere:/a:/b']);
  execProgram(host, ['./x'], []);
  deepEqual(did, ['exec /b/tool tool -v', 'exec ./x ./x']);
  equal((await rejects(() => execProgram(host, ['other'], ['PATH=/a:/b']), 'not-found')).message, 'there is no program other in /a:/b');
});

test('an image of RancherOS gets the devices, the trusted certificates and the names of ros of the machine', async () => {
  const { host, files, did } = machine({ '/usr/bin/ros': 'ROS', '/host/dev/null': '', '/etc/ssl/certs/ca-certificates.crt': 'old', '/etc/ssl/certs/ca-certificates.crt.rancher': 'new', '/usr/sbin/reboot': 'its own' });
  equal(await runEntrypoint({ host }, new Flags(new Map(), [])), 0);
  deepEqual(did, ['mount rbind /host/dev /dev']);
  deepEqual([files.readText('/etc/ssl/certs/ca-certificates.crt'), files.readLink('/usr/sbin/reboot'), files.readLink('/usr/bin/respawn'), files.exists('/sbin')], ['new', '/usr/bin/ros', '/usr/bin/ros', false]);
});
