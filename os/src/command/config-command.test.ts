import { encodeUtf8 } from '@drover/core';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, match, rejects, test } from '@drover/testing';
import { METADATA_FILE } from '../names.ts';
import { CONFIG_VERBS } from './config-command.ts';
import { parseFlags } from './parse-flags.ts';

const FILE = '/var/lib/rancher/conf/cloud-config.yml';

function machine(files: Readonly<Record<string, string>> = {}, words = ''): FakeHost {
  const host = new FakeHost();
  for (const folder of ['/proc', '/run/ros', '/tmp', '/var/lib/rancher/conf/cloud-config.d', '/usr/share/ros']) host.files.makeDirectory(folder);
  host.files.write('/proc/cmdline', `${words}\n`);
  for (const [path, text] of Object.entries(files)) host.files.write(path, text);
  return host;
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function ros(host: FakeHost, args: readonly string[], input = ''): Promise<Ran> {
  const [name, ...rest] = args;
  const verb = CONFIG_VERBS[name!]!;
  const flags = parseFlags(rest, verb.flags);
  if ('problem' in flags) throw new Error(flags.problem);
  let [out, err] = ['', ''];
  const code = await verb.run({ host, out: (text) => (out += text), err: (text) => (err += text), readInput: () => Promise.resolve(encodeUtf8(input)) }, flags);
  return { code, out, err };
}

test('what set writes is what get shows, and the file is root\'s alone', async () => {
  const host = machine();
  const table: readonly (readonly [key: string, text: string, shown: string])[] = [
    ['hostname', 'web1', 'web1\n'],
    ['rancher.debug', 'true', 'true\n'],
    ['rancher.shutdown_timeout', '90', '90\n'],
    ['rancher.docker.extra_args', '[--debug, "--label", a=b]', '- --debug\n- --label\n- a=b\n\n'],
    ['rancher.sysctl.net.ipv4.ip_forward', '1', '1\n'],
    ['rancher.network.interfaces.eth*.dhcp', 'false', 'false\n'],
    ['rancher.environment.A', 'a:b', 'a:b\n'],
    ['mounts', '[["/dev/vdb","/mnt/s","ext4",""]]', '- - /dev/vdb\n  - /mnt/s\n  - ext4\n  - ""\n\n'],
  ];
  for (const [key, text, shown] of table) {
    equal((await ros(host, ['set', key, text])).code, 0);
    deepEqual(await ros(host, ['get', key]), { code: 0, out: shown, err: '' });
  }
  equal(host.files.stat(FILE)!.mode & 0o777, 0o600);
  match(host.files.readText(FILE), /^#cloud-config\n/);
});

test('known keys that are not set show the zero of their type, unknown ones an empty line', async () => {
  const host = machine({}, 'rancher.password=secret rancher.autologin=tty1');
  const table: readonly (readonly [string, string])[] = [
    ['rancher.debug', 'false\n'], ['hostname', '\n'], ['ssh_authorized_keys', '[]\n\n'], ['rancher.password', '\n'], ['rancher.autologin', '\n'],
  ];
  for (const [key, shown] of table) equal((await ros(host, ['get', key])).out, shown);
  deepEqual(await ros(host, ['get', 'rancher.nonsense']), { code: 0, out: '\n', err: 'no such key: rancher.nonsense\n' });
});

test('a value of the wrong type is refused, and the file stays as it is', async () => {
  const host = machine({ [FILE]: 'hostname: a\n' });
  const { code, err } = await ros(host, ['set', 'rancher.debug', 'perhaps']);
  deepEqual([code, host.files.readText(FILE)], [1, 'hostname: a\n']);
  match(err, /expected true or false, got "perhaps"/);
  host.files.write(FILE, 'a: [b\n');
  const error = await rejects(() => ros(host, ['set', 'hostname', 'b']), 'broken-config');
  match(error.message, /cloud-config\.yml:1:4/);
});

test('an empty value clears a key for the layers below, too', async () => {
  const host = machine({ '/var/lib/rancher/conf/cloud-config.d/a.yml': 'hostname: low\n' });
  await ros(host, ['set', 'hostname', '']);
  equal(host.files.readText(FILE), '#cloud-config\nhostname: null\n');
});

test('merge takes maps key by key and lists as a whole, and keeps what it does not know', async () => {
  const host = machine({ [FILE]: 'rancher: {docker: {debug: true}, modules: [a]}\nother: 1\n' });
  deepEqual(await ros(host, ['merge'], 'rancher:\n  docker:\n    tls: true\n  modules: [b]\nmine: {x: 1}\n').then(({ code }) => code), 0);
  equal(host.files.readText(FILE), '#cloud-config\nmine:\n  x: 1\nother: 1\nrancher:\n  docker:\n    debug: true\n    tls: true\n  modules:\n  - b\n');
  const before = host.files.readText(FILE);
  const bad = await ros(host, ['merge'], 'hostname: a\nrancher: {debug: perhaps}\n');
  deepEqual([bad.code, host.files.readText(FILE)], [1, before]);
  match(bad.err, /standard input:2:18: error/);
  match((await ros(host, ['merge'], 'a: 1\r\n')).err, /CRLF/);
});

test('export shows everything but defaults and secrets', async () => {
  const host = machine(
    { [FILE]: 'hostname: a\nrancher: {docker: {ca_key: KEY, tls: true}, ssh: {keys: {rsa: R}}}\n', '/usr/share/ros/os-config.yml': 'rancher: {log: true}\n', [METADATA_FILE]: '{"source": "m", "hostname": "m", "sshPublicKeys": {"0": "ssh-rsa AAAA"}}' },
    'rancher.password=x rancher.debug',
  );
  equal((await ros(host, ['export'])).out, 'hostname: a\nrancher:\n  bootstrap_docker:\n    debug: true\n  debug: true\n  docker:\n    debug: true\n    tls: true\n  log: true\n  system_docker:\n    debug: true\nssh_authorized_keys:\n- ssh-rsa AAAA\n\n');
  match((await ros(host, ['export', '--private'])).out, /ca_key: KEY/);
  const full = (await ros(host, ['export', '-f'])).out;
  match(full, /    hostname: rancher\n/);
  equal(full.includes('password'), false);
  await ros(host, ['export', '-o', '/tmp/out.yml']);
  equal(host.files.stat('/tmp/out.yml')!.mode & 0o777, 0o400);
});

test('validate ends with 1 when something is wrong or unknown, and says where', async () => {
  const host = machine({ '/tmp/good.yml': '#cloud-config\nhostname: a\n' });
  deepEqual(await ros(host, ['validate', '-i', '/tmp/good.yml']), { code: 0, out: '', err: '' });
  const { code, err } = await ros(host, ['validate'], 'hostnam: a\n');
  deepEqual([code, err], [1, 'standard input:1:1: warning: unknown key hostnam\n  hint: did you mean hostname?\n']);
});

test('explain says where a value comes from and what the key means', async () => {
  const host = machine({ [FILE]: 'rancher:\n  shutdown_timeout: 90\n' });
  const { out } = await ros(host, ['explain', 'rancher.shutdown_timeout']);
  match(out, /^rancher\.shutdown_timeout\n {2}value: {3}90\n {2}from: {4}\/var\/lib\/rancher\/conf\/cloud-config\.yml:2:21\n {2}default: 60\n/);
  match((await ros(machine({}, 'rancher.password=x'), ['explain', 'rancher.password'])).out, /value: {3}\(not shown\)\n {2}from: {4}kernel command line/);
  await rejects(() => ros(host, ['explain', 'rancher.nonsense']), 'no-such-key');
});

test('flags stand anywhere before --, and a wrong one is named', () => {
  const specs = { output: { short: 'o', value: 'FILE', help: '' }, full: { short: 'f', help: '' } };
  const parsed = parseFlags(['a', '-o', 'x', '--full', '-', '--', '-f'], specs);
  deepEqual('problem' in parsed ? parsed : [[...parsed.values], parsed.operands], [[['output', 'x'], ['full', '']], ['a', '-', '-f']]);
  deepEqual(parseFlags(['--nope'], specs), { problem: 'unknown option: --nope' });
  deepEqual(parseFlags(['-o'], specs), { problem: '-o needs a value: FILE' });
  deepEqual(parseFlags(['--full=1'], specs), { problem: '--full takes no value' });
});
