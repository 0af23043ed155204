import { encodeUtf8, renderProblem } from '@drover/core';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { classifyUserData } from './classify-user-data.ts';
import { readConfigDrive } from './read-config-drive.ts';
import type { ConfigDrive } from './read-config-drive.ts';

const USER_DATA = '/media/config-2/openstack/latest/user_data';
const META_DATA = '/media/config-2/openstack/latest/meta_data.json';

function read(files: Readonly<Record<string, string>>): Promise<ConfigDrive> {
  return readConfigDrive(new FakeHost({ '/media/config-2/x': '', ...files }), '/media/config-2', 'config-2');
}

function readNoCloud(files: Readonly<Record<string, string>>): Promise<ConfigDrive> {
  const placed = Object.entries(files).map(([name, text]): [string, string] => [`/media/cidata/${name}`, text]);
  return readConfigDrive(new FakeHost({ '/media/cidata/x': '', ...Object.fromEntries(placed) }), '/media/cidata', 'cidata');
}

test('user-data is told apart by its first line', () => {
  const table: Readonly<Record<string, string>> = {
    '#cloud-config\nhostname: a': 'cloud-config', '#cloud-config': 'cloud-config', '#cloud-config \r\na: 1': 'cloud-config', '\ufeff#cloud-config\n': 'cloud-config',
    '#!/bin/sh\n': 'script', '#!/usr/bin/env python\r\n': 'script', '#compose\nweb:': 'compose', '#include\nhttp://x': 'include',
    'Content-Type: multipart/mixed; boundary="x"': 'multipart', 'MIME-Version: 1.0\n': 'multipart', '': 'empty', '\n \n': 'empty',
    'hostname: a': 'unknown', '# cloud-config\n': 'unknown', '#cloud-config-archive\n': 'unknown', ' #cloud-config': 'unknown', '\n#cloud-config': 'unknown', '{"a": 1}': 'unknown',
  };
  for (const [text, kind] of Object.entries(table)) equal(`${text}: ${classifyUserData(encodeUtf8(text), 's').userData.kind}`, `${text}: ${kind}`);
  equal(classifyUserData(Uint8Array.of(0x1f, 0x8b, 8), 's').userData.kind, 'gzip');
});

test('user-data that nothing will be done with says so', () => {
  const problems = (text: string): string[] => classifyUserData(encodeUtf8(text), 's').problems.map(renderProblem);
  deepEqual(problems('#cloud-config\n'), []);
  deepEqual(problems('hello\n'), ['s:1:1: error: Unrecognized user-data, left out: it begins with "hello"\n  hint: begin it with the line #cloud-config, or with #! for a script']);
  deepEqual(problems('# Cloud config\n'), ['s:1:1: error: Unrecognized user-data, left out: it begins with "# Cloud config"\n  hint: write the first line exactly as #cloud-config']);
  deepEqual(problems('password: hunter2\n'), ['s:1:1: error: Unrecognized user-data, left out\n  hint: begin it with the line #cloud-config, or with #! for a script']);
});

test('a config drive gives its user-data, host name and keys', async () => {
  const drive = await read({ [USER_DATA]: '#cloud-config\nhostname: a\n', [META_DATA]: '{"hostname": "box", "public_keys": {"mykey": "ssh-rsa x"}, "uuid": "1"}' });
  deepEqual([drive.userData[0]?.kind, drive.userData[0]?.source, drive.problems], ['cloud-config', USER_DATA, []]);
  deepEqual(drive.metadata, { source: META_DATA, hostname: 'box', sshPublicKeys: { mykey: 'ssh-rsa x' } });
});

test('a drive without user-data or without metadata is fine', async () => {
  deepEqual(await read({}), { userData: [], waiting: undefined, metadata: undefined, problems: [] });
  deepEqual((await read({ [META_DATA]: '{}' })).metadata, { source: META_DATA, sshPublicKeys: {} });
});

test('damaged metadata is reported, and what is good of it is used', async () => {
  const table: readonly (readonly [string, string])[] = [
    ['[1]', 'expected an object'],
    ['{"hostname": 1}', 'hostname is not a string'],
    ['{"public_keys": "x"}', 'public_keys is not an object'],
    ['{"public_keys": {"a": 1}}', 'a public key is not a string'],
  ];
  for (const [json, message] of table) deepEqual((await read({ [META_DATA]: json })).problems.map((one) => one.message), [message]);
  deepEqual((await read({ [META_DATA]: '{"hostname": ' })).problems.map((one) => one.code), ['bad-metadata']);
  deepEqual((await read({ [META_DATA]: '['.repeat(100_000) })).problems.map((one) => one.code), ['bad-metadata']);
  deepEqual((await read({ [META_DATA]: '{"hostname": "a", "public_keys": ["x", 1, "y"]}' })).metadata?.sshPublicKeys, { '000000': 'x', '000002': 'y' });
});

test('a link out of the drive, a folder and a file without end are not read', async () => {
  deepEqual((await read({ [USER_DATA]: '-> /etc/shadow', '/etc/shadow': 'root:' })).problems.map(renderProblem), [`${USER_DATA}: error: this is a link out of the config drive\n  hint: put the file itself on the drive`]);
  deepEqual((await read({ [`${USER_DATA}/x`]: '' })).problems.map((one) => one.message), ['this is not a file (directory)']);
  deepEqual((await read({ [USER_DATA]: 'x'.repeat(600_000) })).problems.map((one) => one.code), ['too-large']);
  equal((await read({ [USER_DATA]: '-> ../2012-08-10/user_data', '/media/config-2/openstack/2012-08-10/user_data': '#!/bin/sh' })).userData[0]?.kind, 'script');
});

test('a NoCloud drive gives the same from its own files', async () => {
  const drive = await readNoCloud({ 'user-data': '#cloud-config\nhostname: a\n', 'meta-data': 'instance-id: i-1\r\nlocal-hostname: box\r\nhostname: other\r\npublic-keys:\r\n  - ssh-rsa x\r\n  - ssh-rsa y\r\n' });
  deepEqual([drive.userData[0]?.kind, drive.userData[0]?.source, drive.problems], ['cloud-config', '/media/cidata/user-data', []]);
  deepEqual(drive.metadata, { source: '/media/cidata/meta-data', hostname: 'box', sshPublicKeys: { '000000': 'ssh-rsa x', '000001': 'ssh-rsa y' } });
});

test('every form of metadata that NoCloud drives have is understood', async () => {
  const metadata = async (text: string): Promise<unknown> => {
    const { metadata: found, problems } = await readNoCloud({ 'meta-data': text });
    return problems.length > 0 ? problems.map((one) => one.message) : { name: found?.hostname, keys: Object.values(found?.sshPublicKeys ?? {}) };
  };
  deepEqual(await metadata(''), { name: undefined, keys: [] });
  deepEqual(await metadata('{"hostname": "box", "public-keys": {"0": {"openssh-key": "ssh-rsa x"}}}'), { name: 'box', keys: ['ssh-rsa x'] });
  deepEqual(await metadata('public-keys: |\n  ssh-rsa x\n  ssh-rsa y\n'), { name: undefined, keys: ['ssh-rsa x', 'ssh-rsa y'] });
  deepEqual(await metadata('- a\n'), ['expected an object']);
  deepEqual(await metadata('local-hostname: 5\npublic-keys: [5]\n'), ['local-hostname is not a string', 'a public key is not a string']);
  equal((await readNoCloud({ 'meta-data': 'a: [\n' })).problems[0]?.line !== undefined, true);
});

test('what a NoCloud drive has besides is left out, and said so', async () => {
  const { problems } = await readNoCloud({ 'network-config': 'version: 2\n', 'vendor-data': '' });
  deepEqual(problems.map(renderProblem), ['/media/cidata/network-config: warning: network-config is left out\n  hint: write rancher.network into user-data']);
});
