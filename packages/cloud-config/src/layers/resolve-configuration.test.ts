import type { MapNode } from '@drover/yaml';
import { getNode, placeOf, toValue } from '@drover/yaml';
import { renderProblem } from '@drover/core';
import { deepEqual, equal, test } from '@drover/testing';
import { parseCloudConfig } from '../parse-cloud-config.ts';
import { mergeTrees } from './merge-trees.ts';
import { resolveConfiguration } from './resolve-configuration.ts';
import type { Metadata } from './resolve-configuration.ts';

function tree(text: string, name = 'f'): MapNode {
  return parseCloudConfig(text, name).tree;
}

test('maps merge deep; lists, values, null and values of another kind replace', () => {
  const table: readonly (readonly [lower: string, upper: string, merged: unknown])[] = [
    ['a: {b: 1, c: 2}', 'a: {c: 3, d: 4}', { a: { b: 1, c: 3, d: 4 } }],
    ['a: [1, 2]', 'a: [3]', { a: [3] }],
    ['a: 1', 'b: 2', { a: 1, b: 2 }],
    ['a: {b: 1}', 'a: 2', { a: 2 }],
    ['a: 1', 'a: {b: 2}', { a: { b: 2 } }],
    ['a: {b: {c: 1}}', 'a: {b: null}', { a: { b: null } }],
    ['a: 1', '', { a: 1 }],
    ['', 'a: 1', { a: 1 }],
  ];
  for (const [lower, upper, merged] of table) deepEqual(toValue(mergeTrees(tree(lower), tree(upper))), merged);
});

test('merging changes neither layer', () => {
  const [lower, upper] = [tree('a: {b: 1}'), tree('a: {c: 2}')];
  mergeTrees(lower, upper);
  deepEqual([toValue(lower), toValue(upper)], [{ a: { b: 1 } }, { a: { c: 2 } }]);
});

test('each value of the merge knows the layer, the line and the column it comes from', () => {
  const merged = mergeTrees(tree('rancher:\n  debug: true\n  log: true\n', 'low.yml'), tree('x: 1\nrancher:\n  log: false\n', 'high.yml'));
  const places = ['debug', 'log'].map((key) => getNode(merged, ['rancher', key])!).map((node) => placeOf(node.source, node.offset));
  deepEqual(places, [{ source: 'low.yml', line: 2, column: 10 }, { source: 'high.yml', line: 3, column: 8 }]);
});

test('a wrong value in a higher layer leaves the one below', () => {
  const layers = [parseCloudConfig('hostname: good\nrancher: {debug: true}\n', 'low.yml'), parseCloudConfig('hostname: a b\nrancher: {debug: perhaps}\n', 'high.yml')];
  const { config, problems } = resolveConfiguration(layers);
  deepEqual([config.hostname, config.rancher.debug, problems.length], ['good', true, 2]);
});

test('metadata fills gaps: its keys are added in the order of their names, once', () => {
  const metadata: Metadata = { source: 'config drive', hostname: 'meta', sshPublicKeys: { '2': 'two', '0': 'zero', '1': 'one', '3': ' first ' }, rootDisk: '/dev/vda' };
  const layers = [parseCloudConfig('ssh_authorized_keys: [first]', 'f')];
  const { config } = resolveConfiguration(layers, metadata);
  deepEqual([config.hostname, config.ssh_authorized_keys, config.rancher.resize_device], ['meta', ['first', 'zero', 'one', 'two'], '/dev/vda']);
  const given = resolveConfiguration([parseCloudConfig('hostname: mine\nrancher: {resize_device: /dev/sdb}', 'f')], metadata);
  deepEqual([given.config.hostname, given.config.rancher.resize_device], ['mine', '/dev/sdb']);
});

test('a host name that is empty or null in every layer leaves the one of the metadata', () => {
  for (const text of ['hostname: ""', 'hostname: ~', 'hostname:', 'hostname: " "']) {
    equal(resolveConfiguration([parseCloudConfig('hostname: low', 'low'), parseCloudConfig(text, 'high')], { source: 'm', hostname: 'meta' }).config.hostname, 'meta');
  }
});

test('hostile metadata does no harm', () => {
  const { config, problems } = resolveConfiguration([], { source: 'meta_data.json', hostname: 'a\nb', sshPublicKeys: { a: 'ssh-rsa x\nssh-rsa y', b: '' } });
  deepEqual([config.hostname, config.ssh_authorized_keys], [undefined, []]);
  deepEqual(problems.map(renderProblem), [
    'meta_data.json: error: a host name cannot contain "\\n" (hostname)\n  hint: use letters, digits and hyphens, with dots between labels',
    'meta_data.json: error: a public key with several lines was left out',
  ]);
});

test('a domain name that is too long for the kernel is cut to its first label', () => {
  equal(resolveConfiguration([], { source: 'm', hostname: `box.${'a'.repeat(60)}.example` }).config.hostname, 'box');
});
