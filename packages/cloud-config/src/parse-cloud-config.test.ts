import { toValue } from '@drover/yaml';
import { encodeUtf8, renderProblem } from '@drover/core';
import { deepEqual, equal, test } from '@drover/testing';
import { readConfiguration } from './check/read-configuration.ts';
import { parseCloudConfig } from './parse-cloud-config.ts';
import type { ParseOptions } from './parse-cloud-config.ts';

const KEY = `ssh-ed25519 ${'AAAAC3NzaC1lZDI1NTE5AAAAI'.padEnd(68, 'x')} me@here`;

function problems(text: Uint8Array | string, options?: ParseOptions): string[] {
  return parseCloudConfig(text, 'user.yml', options).problems.filter((one) => one.code !== 'not-yet').map(renderProblem);
}

test('a usual cloud-config is read without a word', () => {
  const text = `#cloud-config\nhostname: box\nssh_authorized_keys:\n  - ${KEY}\nrancher:\n  password: 123\n  autologin: [tty1]\n  debug: yes\n  state:\n    dev: LABEL=RANCHER_STATE\n    autoformat: [/dev/vda]\n`;
  const layer = parseCloudConfig(text, 'user.yml');
  deepEqual(layer.problems, []);
  const config = readConfiguration(layer.tree);
  deepEqual(
    [config.hostname, config.ssh_authorized_keys, config.rancher.password, config.rancher.autologin, config.rancher.debug, config.rancher.state.autoformat],
    ['box', [KEY], '123', ['tty1'], true, ['/dev/vda']],
  );
});

test('an unknown key is kept and reported with what may have been meant', () => {
  const table: readonly (readonly [string, string])[] = [
    ['hostnme: x', 'user.yml:1:1: warning: unknown key hostnme\n  hint: did you mean hostname?'],
    ['ssh-authorized-keys: []', 'user.yml:1:1: warning: ssh-authorized-keys is read as ssh_authorized_keys\n  hint: write ssh_authorized_keys'],
    ['SSH_AUTHORIZED_KEYS: []', 'user.yml:1:1: warning: unknown key SSH_AUTHORIZED_KEYS\n  hint: did you mean ssh_authorized_keys?'],
    ['rancher:\n  sate:\n    dev: x', 'user.yml:2:3: warning: unknown key rancher.sate\n  hint: did you mean state?'],
    ['rancher:\n  hostname: x', 'user.yml:2:3: warning: unknown key rancher.hostname\n  hint: did you mean hostname, at the top level?'],
    ['network: {}', 'user.yml:1:1: warning: unknown key network\n  hint: did you mean rancher.network?'],
    ['users: []', 'user.yml:1:1: warning: unknown key users\n  hint: the users are rancher and docker; give their keys in ssh_authorized_keys'],
    ['rancher.docker.debug: true', 'user.yml:1:1: warning: unknown key rancher.docker.debug\n  hint: write rancher: {docker: {debug: VALUE}}'],
    ['a.b: true', 'user.yml:1:1: warning: unknown key a.b'],
    ['bad_key: 1', 'user.yml:1:1: warning: unknown key bad_key'],
    ['constructor: 1', 'user.yml:1:1: warning: unknown key constructor'],
    ['rancher: {network: {interfaces: {eth0: {adress: 1.2.3.4/24}}}}', 'user.yml:1:41: warning: unknown key rancher.network.interfaces.eth0.adress\n  hint: did you mean address?'],
  ];
  for (const [text, message] of table) deepEqual(problems(text), [message]);
  deepEqual(toValue(parseCloudConfig('bad_key: {a: 1}', 'f').tree), { bad_key: { a: 1 } });
});

test('a value of the wrong type takes down its own key only', () => {
  const text = 'hostname: [a]\nssh_authorized_keys: {a: b}\nrancher:\n  debug: maybe\n  shutdown_timeout: soon\n  state: yes\n  log: "true"\n  network:\n    interfaces: [eth0]\n    dhcp_timeout: "60"\n';
  deepEqual(problems(text), [
    'user.yml:1:11: error: expected a host name, got a list (hostname)',
    'user.yml:2:22: error: expected a list, got a map (ssh_authorized_keys)\n  hint: begin each item with a hyphen and a blank',
    'user.yml:4:10: error: expected true or false, got "maybe" (rancher.debug)',
    'user.yml:5:21: error: expected a whole number, got "soon" (rancher.shutdown_timeout)',
    'user.yml:6:10: error: expected a map, got "yes" (rancher.state)\n  hint: write NAME: VALUE, indented below it',
    'user.yml:9:17: error: expected a map, got a list (rancher.network.interfaces)\n  hint: write NAME: VALUE, indented below it',
  ]);
  const config = readConfiguration(parseCloudConfig(text, 'f').tree);
  deepEqual([config.rancher.log, config.rancher.network.dhcp_timeout, config.rancher.debug, config.rancher.shutdown_timeout], [true, 60, false, 60]);
});

test('problems come in the order of the text', () => {
  const found = problems('rancher:\n  debug: maybe\n  write-files: 1\n  debug: [a]\nhostnme: x\nwrite-files: []\n');
  deepEqual(found.map((one) => one.split(':')[1]), ['3', '4', '4', '5', '6']);
});

test('a text that cannot be used leaves one clear problem and an empty layer', () => {
  const table: readonly (readonly [string | Uint8Array, string])[] = [
    ['hostname: a: b', 'user.yml:1:12: error: a second ": " on the line\n  hint: put the value in quotes'],
    ['- a', 'user.yml:1:1: error: expected a map of keys, got a list\n  hint: begin each line with a key, a colon and a blank'],
    ['hostname = web1', 'user.yml:1:1: error: expected a map of keys, got a value\n  hint: write hostname: VALUE'],
    ['hostname:web1', 'user.yml:1:1: error: expected a map of keys, got a value\n  hint: put a blank behind the colon: hostname: w...'],
    ['hello', 'user.yml:1:1: error: expected a map of keys, got a value\n  hint: a key ends in a colon and a blank'],
    ['#!/bin/sh\necho x', 'user.yml:1:1: error: this is a script, not a cloud-config\n  hint: put it into runcmd or write_files'],
    [Uint8Array.of(0x1f, 0x8b, 8, 0), 'user.yml: error: this is compressed with gzip\n  hint: unpack it first'],
    [Uint8Array.of(0xff, 0xfe, 0x61, 0), 'user.yml: error: this text is UTF-16\n  hint: save it as UTF-8'],
    [Uint8Array.of(0x61, 0x3a, 0x20, 0), 'user.yml:1:4: error: the character "\\x00" cannot stand in a text\n  hint: is this a text file?'],
  ];
  for (const [text, message] of table) {
    deepEqual(problems(text), [message]);
    deepEqual(toValue(parseCloudConfig(text, 'f').tree), {});
  }
});

test('an empty text, and one of comments only, is an empty layer', () => {
  for (const text of ['', '\n', '#cloud-config\n', '# x\n\n---\n']) deepEqual([problems(text), toValue(parseCloudConfig(text, 'f').tree)], [[], {}]);
});

test('DOS line ends, a byte order mark and bytes that are not UTF-8 are survived', () => {
  deepEqual(problems('\ufeff#cloud-config\nhostname: a\n'), []);
  deepEqual(problems('#cloud-config\r\nhostname: a\r\n'), ['user.yml: warning: the file has DOS line ends (CRLF); they are read as Unix line ends\n  hint: save the file with Unix line ends']);
  deepEqual(problems('hostname: a\r\n', { dosLineEnds: 'refuse' }), ["user.yml: error: shouldn't contain CRLF characters\n  hint: save the file with Unix line ends"]);
  const bytes = encodeUtf8('a: 1\nrancher: {environment: {x: "?"}}\n');
  bytes[bytes.indexOf(0x3f)] = 0xff;
  deepEqual(problems(bytes).slice(1, 2), ['user.yml:2:29: warning: a byte that is not UTF-8 is read as U+FFFD\n  hint: save the file as UTF-8']);
  deepEqual(toValue(parseCloudConfig(bytes, 'f').tree), { a: 1, rancher: { environment: { x: '\ufffd' } } });
  equal(toValue(parseCloudConfig('a: |\r\n  x\r\n  y\r\n', 'f').tree) instanceof Object, true);
  deepEqual(toValue(parseCloudConfig('a: |\r\n  x\r\n  y\r\n', 'f').tree), { a: 'x\ny\n' });
});

test('keys that this version does not act on are named once, old ones with the reason', () => {
  const codes = parseCloudConfig('rancher:\n  upgrade:\n    policy: none\n    image: a\n  rm_usr: true\n  debug: true\n', 'f').problems.map(renderProblem);
  deepEqual(codes, [
    'f:2:3: warning: this version does not act on rancher.upgrade yet',
    'f:5:3: warning: rancher.rm_usr has no effect: /usr is never copied to the state partition',
  ]);
  deepEqual(parseCloudConfig('rancher: {network: {}}', 'f', { announce: false }).problems, []);
});

test('an empty section changes nothing and says so, null clears a list, a map or a value', () => {
  deepEqual(problems('rancher:\nhostname: a\n'), ['user.yml:1:9: warning: rancher is empty, so it changes nothing\n  hint: indent what belongs to it']);
  deepEqual(problems('rancher:\n  state: ~\n  docker: null\n'), []);
  deepEqual(toValue(parseCloudConfig('rancher:\n  modules: ~\n  sysctl:\n  state:\n    dev:\n', 'f').tree), { rancher: { modules: null, sysctl: null, state: { dev: null } } });
});

test('compose services count as rancher.services', () => {
  const layer = parseCloudConfig('#compose\nweb:\n  image: nginx\n', 'f', { compose: true });
  deepEqual(readConfiguration(layer.tree).rancher.services, { web: { image: 'nginx' } });
});

test('addresses of the metadata stand in for their names, and nothing but an address does', () => {
  const parse = (text: string, privateIpv4: string): unknown => toValue(parseCloudConfig(text, 'f', { addresses: { privateIpv4, publicIpv6: 'fe80::1' } }).tree);
  deepEqual(parse('a: $private_ipv4\nb: "[$public_ipv6]"\nc: \\$private_ipv4\nd: x$public_ipv4', '10.0.0.1'), { a: '10.0.0.1', b: '[fe80::1]', c: '$private_ipv4', d: 'x' });
  deepEqual(parse('a: "$private_ipv4"', 'x\nrancher: {}'), { a: '' });
});
