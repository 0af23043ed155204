import { encodeUtf8, renderProblem } from '@drover/core';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { classifyUserData } from './classify-user-data.ts';
import { readConfigDrive } from './read-config-drive.ts';
import type { ConfigDrive } from './read-config-drive.ts';

const USER_DATA = '/media/config-2/openstack/latest/user_data';
const META_DATA = '/media/config-2/openstack/latest/meta_data.json';

function read(files: Readonly<Record<string, string>>): ConfigDrive {
  return readConfigDrive(new FakeHost({ '/media/config-2/x': '', ...files }), '/media/config-2');
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
  deepEqual(problems('#include\nhttp://x\n'), ['s: error: user-data of the kind include is not supported yet, and is left out\n  hint: give it as plain #cloud-config or as a script']);
});

test('a config drive gives its user-data, host name and keys', () => {
  const drive = read({ [USER_DATA]: '#cloud-config\nhostname: a\n', [META_DATA]: '{"hostname": "box", "public_keys": {"mykey": "ssh-rsa x"}, "uuid": "1"}' });
  deepEqual([drive.userData?.kind, drive.userData?.source, drive.problems], ['cloud-config', USER_DATA, []]);
  deepEqual(drive.metadata, { source: META_DATA, hostname: 'box', sshPublicKeys: { mykey: 'ssh-rsa x' } });
});

test('a drive without user-data or without metadata is fine', () => {
  deepEqual(read({}), { userData: undefined, metadata: undefined, problems: [] });
  deepEqual(read({ [META_DATA]: '{}' }).metadata, { source: META_DATA, sshPublicKeys: {} });
});

test('damaged metadata is reported, and what is good of it is used', () => {
  const table: readonly (readonly [string, string])[] = [
    ['[1]', 'expected an object'],
    ['{"hostname": 1}', 'hostname is not a string'],
    ['{"public_keys": "x"}', 'public_keys is not an object'],
    ['{"public_keys": {"a": 1}}', 'a public key is not a string'],
  ];
  for (const [json, message] of table) deepEqual(read({ [META_DATA]: json }).problems.map((one) => one.message), [message]);
  deepEqual(read({ [META_DATA]: '{"hostname": ' }).problems.map((one) => one.code), ['bad-metadata']);
  deepEqual(read({ [META_DATA]: '['.repeat(100_000) }).problems.map((one) => one.code), ['bad-metadata']);
  deepEqual(read({ [META_DATA]: '{"hostname": "a", "public_keys": ["x", 1, "y"]}' }).metadata?.sshPublicKeys, { '000000': 'x', '000002': 'y' });
});

test('a link out of the drive, a folder and a file without end are not read', () => {
  deepEqual(read({ [USER_DATA]: '-> /etc/shadow', '/etc/shadow': 'root:' }).problems.map(renderProblem), [`${USER_DATA}: error: this is a link out of the config drive\n  hint: put the file itself on the drive`]);
  deepEqual(read({ [`${USER_DATA}/x`]: '' }).problems.map((one) => one.message), ['this is not a file (directory)']);
  deepEqual(read({ [USER_DATA]: 'x'.repeat(600_000) }).problems.map((one) => one.code), ['too-large']);
  equal(read({ [USER_DATA]: '-> ../2012-08-10/user_data', '/media/config-2/openstack/2012-08-10/user_data': '#!/bin/sh' }).userData?.kind, 'script');
});
