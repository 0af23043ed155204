import { encodeUtf8 } from '@drover/core';
import type { UserData } from '@drover/cloud-config';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { keepUserData } from './keep-user-data.ts';

const CONF = '/var/lib/rancher/conf';

function part(kind: UserData['kind'], text: string): UserData {
  return { kind, source: 'test', bytes: encodeUtf8(text) };
}

test('a single cloud-config is kept as it was written, readable by root only', async () => {
  const host = new FakeHost();
  await keepUserData(host, [part('cloud-config', '#cloud-config\n# mine\nhostname: a\n')]);
  equal(host.files.readText(`${CONF}/cloud-config.d/boot.yml`), '#cloud-config\n# mine\nhostname: a\n');
  equal(host.files.stat(`${CONF}/cloud-config.d/boot.yml`)?.mode, 0o600);
});

test('several cloud-configs and compose files become one, and later parts win', async () => {
  const host = new FakeHost();
  await keepUserData(host, [part('cloud-config', 'hostname: a\nrancher: {debug: true}\n'), part('compose', '#compose\nweb: {image: nginx}\n'), part('cloud-config', "hostname: $private_ipv4\nrancher: {console: '\\$private_ipv4'}\n")]);
  equal(host.files.readText(`${CONF}/cloud-config.d/boot.yml`), '#cloud-config\nhostname: $private_ipv4\nrancher:\n  console: "\\$private_ipv4"\n  debug: true\n  services:\n    web:\n      image: nginx\n');
});

test('several scripts are kept beside each other and run in their order', async () => {
  const host = new FakeHost();
  await keepUserData(host, [part('script', '#!/bin/sh\necho 1\n'), part('script', '#!/bin/sh\necho 2\n')]);
  deepEqual(host.files.list(`${CONF}/cloud-config-scripts`), ['001', '002']);
  equal(host.files.stat(`${CONF}/cloud-config-script`)?.mode, 0o700);
  await keepUserData(host, [part('script', '#!/bin/sh\necho 3\n')]);
  equal(host.files.readText(`${CONF}/cloud-config-script`), '#!/bin/sh\necho 3\n');
  equal(host.files.exists(`${CONF}/cloud-config-scripts`), false);
});
