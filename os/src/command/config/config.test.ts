import { encodeUtf8 } from '@drover/core';
import { FakeHost } from '@drover/host';
import type { SystemHost } from '@drover/host';
import { deepEqual, equal, match, rejects, test } from '@drover/testing';
import { SAVED_METADATA_FILE } from '../../names.ts';
import type { LeafCommand } from '../command.ts';
import { CONFIG } from '../command-table.ts';
import { parseFlags } from '../parse-flags.ts';

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
  const verb = CONFIG.commands[name!] as LeafCommand;
  const flags = parseFlags(rest, verb.flags ?? {});
  if ('problem' in flags) throw new Error(flags.problem);
  let [out, err] = ['', ''];
  // No verb of this group needs more than files, the clock and the lock.
  const locked = Object.assign(host, { kernel: { tryLock: () => ({ release: () => undefined }) } });
  const context = { host: locked as unknown as SystemHost, out: (text: string) => void (out += text), err: (text: string) => void (err += text), readInput: () => Promise.resolve(encodeUtf8(input)) };
  const code = await (await verb.load()).run(context, flags);
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

test('permissions, versions and other text that looks like a number survive set, merge and export', async () => {
  const host = machine();
  equal((await ros(host, ['merge'], 'write_files: [{path: /a, permissions: 0644}]\nrancher: {environment: {V: 1.10}}\n')).code, 0);
  equal((await ros(host, ['set', 'rancher.environment.MODE', '0755'])).code, 0);
  const { out } = await ros(host, ['export']);
  match(out, /permissions: "0644"/);
  match(out, /MODE: "0755"\n    V: "1.10"/);
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
    { [FILE]: 'hostname: a\nrancher: {docker: {ca_key: KEY, tls: true}, ssh: {keys: {rsa: R}}}\n', '/usr/share/ros/os-config.yml': 'rancher: {log: true}\n', [SAVED_METADATA_FILE]: 'Hostname: m\nSSHPublicKeys: {"0": ssh-rsa AAAA}\n' },
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

test('keys of the saved metadata follow those of the configuration, in the order of their names, and are never doubled', async () => {
  const saved = 'SSHPublicKeys:\n  "2": two\n  "0": zero\n  "1": one\nHostname: m\n';
  const host = machine({ [FILE]: 'ssh_authorized_keys: [mine]\n', [SAVED_METADATA_FILE]: saved });
  for (let i = 0; i < 3; i += 1) equal((await ros(host, ['set', 'rancher.log', 'true'])).code, 0);
  equal((await ros(host, ['get', 'ssh_authorized_keys'])).out, '- mine\n- zero\n- one\n- two\n\n');
  equal((await ros(host, ['get', 'hostname'])).out, 'm\n');
  equal(host.files.readText(FILE).includes('zero'), false);
});

test('images are those of the built-in services and of the configuration, sorted, each once', async () => {
  const host = machine({ [FILE]: 'rancher: {services: {ntp: {image: mine/ntp}, web: {image: z/web}, other: {image: z/web}}}\n', '/tmp/other.yml': 'rancher: {services: {a: {image: b}, c: {image: a}}, bootstrap: {d: {image: e}}}\n' });
  const { out } = await ros(host, ['images']);
  match(out, /^drover\/os-base:dev drover\/os-console:dev .*mine\/ntp z\/web\n$/);
  equal(out.includes('os-ntp'), false);
  equal((await ros(host, ['images', '-i', '/tmp/other.yml'])).out, 'a b e\n');
});

test('built-in services are part of a full export, with what was changed in them', async () => {
  const host = machine({ [FILE]: 'rancher: {services: {ntp: {image: mine/ntp}}}\n' });
  const full = (await ros(host, ['export', '--full'])).out;
  for (const part of ['    udev:\n', 'labels:', '      image: mine/ntp\n']) equal(full.includes(part), true);
  equal((await ros(host, ['get', 'rancher.services.ntp.image'])).out, 'mine/ntp\n');
  equal((await ros(host, ['get', 'rancher.services.udev.privileged'])).out, 'true\n');
  equal((await ros(host, ['export'])).out.includes('udev'), false);
});

test('diff says what a merge would change, names no secret, and ends as diff does', async () => {
  const own = 'hostname: a\nrancher: {docker: {ca_key: OLD, extra_args: [x]}, shutdown_timeout: 5}\n';
  const host = machine({ [FILE]: own }, 'rancher.debug=false');
  const change = 'hostname: b\nmine: {"x.y": 1}\nrancher: {docker: {ca_key: NEW, extra_args: [], tls: true, server_key: K}, shutdown_timeout: null, debug: true}\n';
  const { code, out, err } = await ros(host, ['diff'], change);
  deepEqual([code, out.split('\n')], [1, [
    'hostname: a -> b',
    'mine."x.y": (none) -> 1',
    'rancher.docker.ca_key: (secret) -> another value',
    'rancher.docker.extra_args: ["x"] -> []',
    'rancher.docker.server_key: (none) -> (secret)',
    'rancher.docker.tls: false -> true',
    'rancher.shutdown_timeout: 5 -> 0',
    '',
  ]]);
  match(err, /rancher.debug: stays as it is, because the kernel command line has it\n$/);
  equal(host.files.readText(FILE), own);
  deepEqual(await ros(host, ['diff'], 'hostname: a\n'), { code: 0, out: '', err: '' });
  equal((await ros(host, ['diff'], 'rancher: {debug: perhaps}\n')).code, 2);
});
