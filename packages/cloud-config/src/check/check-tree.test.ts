import { fromValue, toValue } from '@drover/yaml';
import type { ConfigNode, MapNode, Value } from '@drover/yaml';
import { renderProblem } from '@drover/core';
import { deepEqual, equal, ok, test } from '@drover/testing';
import { brokenSamples, sampleOf, SSH_KEY } from '../schema/samples.ts';
import { OBJECTS, shapeOf } from '../schema/schema.ts';
import { checkTree } from './check-tree.ts';
import { readConfiguration } from './read-configuration.ts';

function check(value: Value): { readonly tree: MapNode; readonly problems: readonly string[] } {
  const { tree, problems } = checkTree(fromValue(value, { name: 'f' }) as MapNode, { announce: false });
  return { tree, problems: problems.map(renderProblem) };
}

test('every key of the schema takes a value of its type', () => {
  const { tree, problems } = check(sampleOf('root'));
  deepEqual(problems, []);
  const config = readConfiguration(tree);
  deepEqual([config.mounts, config.runcmd, config.rancher.docker.live_restore, config.rancher.network.interfaces['name']?.mtu], [[['/dev/vdb', '/mnt', 'auto', '']], ['x'], true, 5]);
});

test('every key of the schema refuses a value of another kind, and only that key falls', () => {
  const good = sampleOf('root');
  let count = 0;
  for (const { path, value } of brokenSamples(good, 'root')) {
    const { tree, problems } = check(value);
    count += 1;
    equal(`${path}: ${problems.length}`, `${path}: 1`);
    ok(problems[0]!.includes(`expected`) && problems[0]!.includes(path), problems[0]);
    const keys = path.split('.');
    let at: ConfigNode | undefined = tree;
    for (const key of keys.slice(0, -1)) at = at?.kind === 'map' ? at.entries.get(key)?.node : undefined;
    equal(`${path}: ${at?.kind === 'map' && !at.entries.has(keys.at(-1)!)}`, `${path}: true`);
  }
  ok(count > 180, `only ${count} keys`);
});

test('every key has a type that exists, a sentence without its full stop, and a default of its type', () => {
  for (const [name, keys] of Object.entries(OBJECTS)) {
    for (const [key, spec] of Object.entries(keys)) {
      const shape = shapeOf(spec.type);
      ok(['scalar', 'list', 'map', 'object', 'command', 'mount', 'service'].includes(shape.is), `${name}.${key}`);
      ok(/^[A-Z/].*[^.]$/.test(spec.meaning), `${name}.${key}: ${spec.meaning}`);
      ok(!(spec.works === true && spec.ignored !== undefined), `${name}.${key} both works and is ignored`);
      const text = typeof spec.default === 'object' ? undefined : spec.default?.toString();
      if (text !== undefined) ok(shape.is === 'scalar' && shape.read(text) === spec.default, `${name}.${key}`);
    }
  }
});

test('text is typed by its key, with or without quotes', () => {
  const { tree, problems } = check({
    hostname: 'a', rancher: { debug: 'Yes', shutdown_timeout: '060', password: 1.5, sysctl: { 'fs.file-max': 10, b: true }, services_include: { a: 'on', b: false }, disable: ['password', ' autologin'], docker: { extra_args: [1, true] } },
  });
  deepEqual(problems, []);
  const { rancher } = readConfiguration(tree);
  deepEqual([rancher.debug, rancher.shutdown_timeout, rancher.password, rancher.sysctl, rancher.services_include, rancher.disable, rancher.docker.extra_args], [
    true, 0o60, '1.5', { 'fs.file-max': '10', b: 'true' }, { a: true, b: false }, ['password', 'autologin'], ['1', 'true'],
  ]);
});

test('null is the zero value: empty lists, maps and text, and false', () => {
  const { tree } = check({ ssh_authorized_keys: null, hostname: null, rancher: { debug: null, shutdown_timeout: null, sysctl: null, ssh: { daemon: null }, state: { dev: null }, cloud_init: { datasources: null } } });
  const { hostname, ssh_authorized_keys: keys, rancher } = readConfiguration(tree);
  deepEqual([hostname, keys, rancher.debug, rancher.shutdown_timeout, rancher.sysctl, rancher.ssh.daemon, rancher.state.dev, rancher.cloud_init.datasources], [undefined, [], false, 0, {}, false, '', []]);
});

test('maps of values merge with their defaults, and null takes a default out', () => {
  const { tree } = check({ rancher: { docker: { log_opts: { 'max-file': 5, 'max-size': null, x: 'y' } }, defaults: { network: { dhcp_timeout: 3 } } } });
  const { rancher } = readConfiguration(tree);
  deepEqual(rancher.docker.log_opts, { 'max-file': '5', x: 'y' });
  deepEqual([rancher.docker.group, rancher.defaults.network.dhcp_timeout, rancher.defaults.network.dns.nameservers], ['docker', 3, ['8.8.8.8', '8.8.4.4']]);
});

test('a lone value where a list is expected is its only item, with a warning', () => {
  const key = SSH_KEY;
  deepEqual(check({ rancher: { autologin: 'ttyS0' } }).problems, []);
  const { tree, problems } = check({ ssh_authorized_keys: key, rancher: { state: { autoformat: '/dev/vda' } } });
  deepEqual(problems.map((one) => one.split('\n')[0]), [
    'f: warning: expected a list; the value is taken as its only item (ssh_authorized_keys)',
    'f: warning: expected a list; the value is taken as its only item (rancher.state.autoformat)',
  ]);
  const config = readConfiguration(tree);
  deepEqual([config.ssh_authorized_keys, config.rancher.state.autoformat], [[key], ['/dev/vda']]);
});

test('values that would hurt are dropped, doubtful ones are kept with a word', () => {
  const table: readonly (readonly [Value, string, Value])[] = [
    [{ hostname: 'a\nb' }, 'f: error: a host name cannot contain "\\n" (hostname)\n  hint: use letters, digits and hyphens, with dots between labels', {}],
    [{ hostname: 'a'.repeat(65) }, 'f: error: the host name has 65 characters, and the kernel takes 64 (hostname)\n  hint: leave out the domain', {}],
    [{ hostname: 'a'.repeat(64) }, 'f: error: a label of the host name has 64 characters, and 63 is the limit (hostname)', {}],
    [{ hostname: '-a' }, 'f: error: a label of a host name cannot begin or end with a hyphen: "-a" (hostname)', {}],
    [{ hostname: 'a..b' }, 'f: error: the host name has an empty label (hostname)\n  hint: write one dot between labels', {}],
    [{ hostname: 'a_b' }, 'f: warning: an underscore is not allowed in a host name, and some programs refuse it (hostname)\n  hint: use a hyphen', { hostname: 'a_b' }],
    [{ ssh_authorized_keys: [`ssh-dss ${'AAAA'.padEnd(80, 'x')} a`] }, "f: warning: DSA keys are refused by today's SSH servers (ssh_authorized_keys[0])\n  hint: make a new key with ssh-keygen -t ed25519", { ssh_authorized_keys: [`ssh-dss ${'AAAA'.padEnd(80, 'x')} a`] }],
    [{ ssh_authorized_keys: ['ssh-rsa AAAAB3'] }, 'f: warning: the key looks cut off (ssh_authorized_keys[0])\n  hint: copy the whole line of the .pub file', { ssh_authorized_keys: ['ssh-rsa AAAAB3'] }],
    [{ ssh_authorized_keys: ['hello'] }, 'f: warning: this does not look like an SSH public key: "hello" (ssh_authorized_keys[0])\n  hint: write the line of the .pub file: type, key, comment', { ssh_authorized_keys: ['hello'] }],
    [{ ssh_authorized_keys: ['-----BEGIN OPENSSH PRIVATE KEY-----\nx'] }, 'f: error: this is the private half of a key, or a key in another format (ssh_authorized_keys[0])\n  hint: write the line of the .pub file', { ssh_authorized_keys: [] }],
    [{ rancher: { state: { dev: 'label=X' } } }, 'f: warning: "label=X" names no device (rancher.state.dev)\n  hint: did you mean LABEL=X?', { rancher: { state: { dev: 'label=X' } } }],
    [{ rancher: { state: { dev: 'x' } } }, 'f: warning: "x" names no device (rancher.state.dev)\n  hint: write /dev/NAME, LABEL=NAME or UUID=ID', { rancher: { state: { dev: 'x' } } }],
    [{ rancher: { state: { autoformat: ['sda', '/dev/vda'] } } }, 'f: error: "sda" is not the path of a device (rancher.state.autoformat[0])\n  hint: did you mean /dev/sda?', { rancher: { state: { autoformat: ['/dev/vda'] } } }],
    [{ rancher: { state: { autoformat: ['/dev/../etc/passwd'] } } }, 'f: error: "/dev/../etc/passwd" is not the path of a device (rancher.state.autoformat[0])\n  hint: write a path such as /dev/vda', { rancher: { state: { autoformat: [] } } }],
    [{ rancher: { autologin: ['true'] } }, 'f: error: "true" is not the name of a terminal (rancher.autologin[0])\n  hint: write a name such as tty1 or ttyS0', { rancher: { autologin: [] } }],
    [{ runcmd: ['a', null, []] }, 'f: warning: an item of the list is empty (runcmd[1])', { runcmd: ['a', []] }],
    [{ hostname: '' }, '', { hostname: null }],
    [{ ssh_authorized_keys: [SSH_KEY, ` ${SSH_KEY}`] }, 'f: warning: this stands in the list already (ssh_authorized_keys[1])', { ssh_authorized_keys: [SSH_KEY] }],
    [{ rancher: { ssh: { port: 65536 } } }, 'f: error: 65536 is not the number of a port (rancher.ssh.port)\n  hint: write a number from 1 to 65535', { rancher: { ssh: {} } }],
    [{ rancher: { disable: ['pasword'] } }, 'f: error: "pasword" is not a way to log in (rancher.disable[0])\n  hint: write password or autologin', { rancher: { disable: [] } }],
    [{ rancher: { upgrade: { policy: 'always' } } }, 'f: error: "always" is not a policy (rancher.upgrade.policy)\n  hint: write none, download or auto', { rancher: { upgrade: {} } }],
    [{ mounts: [['/dev/vdb', '/mnt', 'ext4'], ['/a', '/b'], ['/dev/vdb']] }, 'f: error: expected a mount, got a list (mounts[2])\n  hint: write [device, mount point, type, options], with "" for what is empty', { mounts: [['/dev/vdb', '/mnt', 'ext4', ''], ['/a', '/b', '', '']] }],
  ];
  for (const [value, problem, kept] of table) {
    const { tree, problems } = check(value);
    deepEqual(problems, problem === '' ? [] : [problem]);
    deepEqual(toValue(tree), kept);
  }
});

test('a written null clears a section of lower layers, an empty section does not', () => {
  deepEqual(toValue(check({ rancher: { state: null } }).tree), { rancher: { state: null } });
  deepEqual(check({ rancher: { state: null, services: { ntp: null } } }).problems, []);
});

test('a key with hyphens counts as the one with underscores, unless both are there', () => {
  const { tree, problems } = check({ 'write-files': [{ path: '/a' }], rancher: { 'shutdown-timeout': 5, shutdown_timeout: 6, 'no-such': 1, sysctl: { 'a-b': 1 } } });
  deepEqual(problems, [
    'f: warning: write-files is read as write_files\n  hint: write write_files',
    'f: warning: unknown key rancher.shutdown-timeout\n  hint: did you mean shutdown_timeout?',
    'f: warning: unknown key rancher.no-such',
  ]);
  const config = readConfiguration(tree);
  deepEqual([config.write_files[0]!.path, config.rancher.shutdown_timeout, config.rancher.sysctl['a-b']], ['/a', 6, '1']);
});

test('a file with a mistake is left out as a whole, the others stay', () => {
  const { tree, problems } = check({ write_files: [{ path: '/secret', permissions: 'rw' }, { path: '/good', permissions: '0600', encoding: 'gz+b64' }, { path: '/other', encoding: 'rot13' }, { path: ['/x'] }, 'x'] });
  deepEqual(problems, [
    "f: error: \"rw\" are not permissions in octal (write_files[0].permissions)\n  hint: write them as '0644'; all of write_files[0] is left out",
    'f: error: "rot13" is not an encoding (write_files[2].encoding)\n  hint: write b64, base64, gz, gzip, gz+b64, gz+base64, gzip+b64 or gzip+base64; all of write_files[2] is left out',
    'f: error: expected a string, got a list (write_files[3].path)\n  hint: all of write_files[3] is left out',
    'f: error: expected a map, got "x" (write_files[4])\n  hint: name a key below it: write_files[4].KEY; all of write_files[4] is left out',
  ]);
  deepEqual(readConfiguration(tree).write_files.map((one) => one.path), ['/good']);
});

test('permissions are three or four octal digits, quoted or not', () => {
  const wrong = (permissions: Value): number => check({ write_files: [{ permissions }] }).problems.length;
  deepEqual(['0744', '744', 744, '1777', '04755', null].map(wrong), [0, 0, 0, 0, 0, 0]);
  deepEqual(['11744', '800', 'rwx', 'pants', '', '0o644', '44', [7]].map(wrong), [1, 1, 1, 1, 1, 1, 1, 1]);
});

test('keys of every kind that SSH knows pass, with options and comments', () => {
  const body = 'AAAA'.padEnd(80, 'x');
  const keys = [`ssh-rsa ${body}`, `ecdsa-sha2-nistp256 ${body} a b`, `sk-ssh-ed25519@openssh.com ${body}`, `command="ls",no-pty ssh-ed25519 ${body} x`, `  ssh-ed25519 ${body}  `];
  deepEqual(check({ ssh_authorized_keys: keys }).problems, []);
});

test('several keys in one block of text are taken line by line', () => {
  const key = SSH_KEY;
  const { tree, problems } = check({ ssh_authorized_keys: [`${key} a\n# c\n${key} b\n`] });
  deepEqual(problems.map((one) => one.split('\n')[0]), ['f: warning: several lines in one item are taken as several keys (ssh_authorized_keys[0])']);
  deepEqual(readConfiguration(tree).ssh_authorized_keys, [`${key} a`, `${key} b`]);
});

test('after fifty problems the rest is counted', () => {
  const { problems } = check(Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`unknown${i}`, 1])));
  deepEqual([problems.length, problems.at(-1)], [51, 'f: warning: there are 30 more problems']);
});
