import type { Value } from '@drover/yaml';
import { getNode, toValue } from '@drover/yaml';
import { renderProblem } from '@drover/core';
import { deepEqual, equal, test } from '@drover/testing';
import { resolveConfiguration } from '../layers/resolve-configuration.ts';
import type { ResolvedConfiguration } from '../layers/resolve-configuration.ts';
import { parseKernelWords } from './parse-kernel-words.ts';
import { splitKernelLine } from './split-kernel-line.ts';

function load(line: string): ResolvedConfiguration {
  return resolveConfiguration(parseKernelWords(splitKernelLine(line)));
}

function tree(line: string): Value {
  return toValue(load(line).tree);
}

function problems(line: string): string[] {
  return load(line).problems.filter((one) => one.code !== 'not-yet' && one.code !== 'unknown-key').map(renderProblem);
}

test('the words of a usual command line make a typed configuration', () => {
  const { config, problems: found } = load(
    'printk.devkmsg=on rancher.state.dev=LABEL=RANCHER_STATE rancher.state.autoformat=[/dev/sda,/dev/vda] rancher.state.wait rancher.password=123 ' +
      'rancher.autologin=tty1 rancher.autologin=ttyS0 rancher.debug cc.hostname=box cc.ssh_authorized_keys=["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx me@here"] console=ttyS0',
  );
  deepEqual(found, []);
  deepEqual(
    [config.hostname, config.rancher.password, config.rancher.autologin, config.rancher.debug, config.rancher.state.dev, config.rancher.state.wait],
    ['box', '123', ['tty1', 'ttyS0'], true, 'LABEL=RANCHER_STATE', true],
  );
  deepEqual(config.rancher.state.autoformat, ['/dev/sda', '/dev/vda']);
  equal(config.ssh_authorized_keys.length, 1);
});

test('without kernel words every default is there', () => {
  const { config, problems: found } = load('quiet splash ro root=/dev/vda1');
  deepEqual(found, []);
  deepEqual(
    [config.hostname, config.ssh_authorized_keys, config.rancher.state.dev, config.rancher.state.fstype, config.rancher.state.autoformat, config.rancher.debug, config.rancher.defaults.hostname],
    [undefined, [], 'LABEL=RANCHER_STATE', 'auto', [], false, 'rancher'],
  );
  deepEqual([config.rancher.docker.group, config.rancher.docker.debug, config.rancher.defaults.network.dhcp_timeout], ['docker', undefined, 10]);
  deepEqual(config.rancher.defaults.network.dns.nameservers, ['8.8.8.8', '8.8.4.4']);
});

test('dotted words nest, a word without a value is true, and other words are not looked at', () => {
  const table: readonly (readonly [string, Value])[] = [
    ['rancher.key1=value1 rancher.key2=value2', { rancher: { key1: 'value1', key2: 'value2' } }],
    ['rancher.key.one=1 rancher.key.two=2', { rancher: { key: { one: 1, two: 2 } } }],
    ["rancher.key='a b'", { rancher: { key: 'a b' } }],
    ['rancher.key=a:b', { rancher: { key: 'a:b' } }],
    ['rancher.rescue', { rancher: { rescue: true } }],
    ['rancher.key=[1,2]', { rancher: { key: [1, 2] } }],
    ["rancher.key=['part1 part2',part3]", { rancher: { key: ['part1 part2', 'part3'] } }],
    ['rancher.cloud_init.datasources=[url:http://h/?a=b]', { rancher: { cloud_init: { datasources: ['url:http://h/?a=b'] } } }],
    ['rancher.cloud_init.datasources=["url:http://h/?a=b"]', { rancher: { cloud_init: { datasources: ['url:http://h/?a=b'] } } }],
    ['rancher.x=1 rancher.x=2', { rancher: { x: 2 } }],
    ['rancherx=1 xrancher.a=2 cloud-config-url=http://h ccc.x=1 rancher', {}],
    ['cc.something=yes', { something: true }],
    ['rancher.network.interfaces.eth*.dhcp=false', { rancher: { network: { interfaces: { 'eth*': { dhcp: false } } } } }],
    ['rancher.sysctl.net.ipv4.ip_forward=1', { rancher: { sysctl: { 'net.ipv4.ip_forward': 1 } } }],
    ['rancher.network.interfaces.eth0.100.dhcp=true', { rancher: { network: { interfaces: { 'eth0.100': { dhcp: true } } } } }],
  ];
  for (const [line, value] of table) deepEqual(tree(line), value);
});

test('a word with a wrong value says so and takes down only itself', () => {
  const { config } = load('rancher.debug=maybe rancher.state.required=[a] rancher.state.fstype=ext4 cc.hostname="a b"');
  deepEqual([config.rancher.debug, config.rancher.state.required, config.rancher.state.fstype, config.hostname], [false, false, 'ext4', undefined]);
  deepEqual(problems('rancher.debug=maybe cc.hostname="a b" rancher.state.wait=[a]'), [
    'kernel command line: error: expected true or false, got "maybe" (rancher.debug)',
    'kernel command line: error: expected true or false, got a list (rancher.state.wait)',
    'kernel command line: error: a host name cannot contain " " (hostname)\n  hint: use letters, digits and hyphens, with dots between labels',
  ]);
});

test('a word that needs a value says so, and an empty value clears the key', () => {
  deepEqual(problems('rancher.password'), ['kernel command line: error: rancher.password needs a value\n  hint: write rancher.password=VALUE']);
  deepEqual(problems('rancher.state.dev='), []);
  deepEqual([load('rancher.state.dev=').config.rancher.state.dev, load('rancher.password=').config.rancher.password], ['', undefined]);
});

test('words that contradict each other or name no key are reported', () => {
  deepEqual(problems('rancher.state=x rancher.state.wait'), [
    'kernel command line: error: rancher.state.wait is below a key that has a value of its own\n  hint: leave one of the two words out',
    'kernel command line: error: expected a map, got "x" (rancher.state)\n  hint: name a key below it: rancher.state.KEY',
  ]);
  deepEqual(problems('rancher..x=1'), ['kernel command line: error: "rancher..x" is not a key\n  hint: write rancher.KEY=VALUE with one dot between the parts']);
  deepEqual(tree('rancher.__proto__.x=1 rancher.state.__proto__=1'), {});
});

test('a secret never shows in a message', () => {
  const found = load('rancher.password=[hunter2] rancher.registry_auths.hub.auth=[hunter2] rancher.ssh.keys.rsa=[hunter2]').problems;
  equal(found.filter((one) => one.severity === 'error').length, 3);
  equal(JSON.stringify(found).includes('hunter2'), false);
});

test('words behind -- win, and their text is in the environment', () => {
  const { config, layers } = load('rancher.password=two -- cc.hostname=nope rancher.password=three');
  deepEqual(layers.map((layer) => layer.name), ['kernel command line', 'kernel command line, after --']);
  deepEqual([config.hostname, config.rancher.password], ['nope', 'three']);
  equal(config.rancher.environment['EXTRA_CMDLINE'], '/init cc.hostname=nope rancher.password=three');
});

test('every value knows where it comes from', () => {
  const node = getNode(load('rancher.debug -- rancher.state.wait').tree, ['rancher', 'state', 'wait']);
  equal(node?.source.name, 'kernel command line, after --');
});

test('rancher.debug turns on the log of both engines', () => {
  const { config } = load('rancher.debug=true rancher.docker.debug=false');
  deepEqual([config.rancher.log, config.rancher.docker.debug, config.rancher.system_docker.debug], [true, true, true]);
});
