import { encodeUtf8, renderProblem } from '@drover/core';
import { deepEqual, equal, test } from '@drover/testing';
import { FakeHost, kernelError } from '@drover/host';
import { splitKernelLine } from './kernel/split-kernel-line.ts';
import { loadConfiguration } from './load-configuration.ts';
import type { LoadOptions } from './load-configuration.ts';
import { classifyUserData } from './user-data/classify-user-data.ts';
import type { UserData } from './user-data/classify-user-data.ts';

const CONF = '/var/lib/rancher/conf';

function userData(text: string, source = 'config drive'): UserData {
  return classifyUserData(encodeUtf8(text), source).userData;
}

async function layerNames(tree: Readonly<Record<string, string>>, options?: LoadOptions): Promise<string[]> {
  return (await loadConfiguration(new FakeHost(tree), options)).layers.map((layer) => layer.name);
}

test('a machine without any file has the defaults and no problem', async () => {
  const { config, problems, layers } = await loadConfiguration(new FakeHost());
  deepEqual([config.rancher.defaults.hostname, config.rancher.state.dev, problems, layers], ['rancher', 'LABEL=RANCHER_STATE', [], []]);
});

test('layers come in the order of RancherOS, user-data as boot.yml among the drop-ins', async () => {
  const files = {
    [`${CONF}/cloud-config.yml`]: 'a: 1',
    [`${CONF}/cloud-config.d/user_config.yml`]: 'a: 1',
    [`${CONF}/cloud-config.d/a.conf`]: 'a: 1',
    [`${CONF}/cloud-config.d/.hidden.yml`]: 'a: [',
    [`${CONF}/cloud-config.d/folder/x.yml`]: 'a: [',
    '/usr/share/ros/os-config.yml': 'a: 1',
    '/usr/share/ros/oem/oem-config.yml': 'a: 1',
  };
  deepEqual(await layerNames(files, { kernelLine: splitKernelLine('rancher.debug -- rancher.log'), userData: [userData('#cloud-config\n')] }), [
    '/usr/share/ros/os-config.yml',
    '/usr/share/ros/oem/oem-config.yml',
    `${CONF}/cloud-config.d/a.conf`,
    'config drive',
    `${CONF}/cloud-config.d/user_config.yml`,
    `${CONF}/cloud-config.yml`,
    'kernel command line',
    'kernel command line, after --',
  ]);
});

test('the highest layer wins: drop-ins by name, then cloud-config.yml, then kernel words, then words after --', async () => {
  const files: Record<string, string> = {
    [`${CONF}/cloud-config.d/cloud-config1.yml`]: 'hostname: hostname1\nrancher: {log: false}',
    [`${CONF}/cloud-config.d/cloud-config2.yml`]: 'hostname: hostname2\nrancher: {debug: false}',
    [`${CONF}/cloud-config.d/cloud-config3.yml`]: 'hostname: hostname3\nrancher: {log: true}',
  };
  const hostname = async (options?: LoadOptions): Promise<string | undefined> => (await loadConfiguration(new FakeHost(files), options)).config.hostname;
  equal(await hostname(), 'hostname3');
  equal(await hostname({ userData: [userData('#cloud-config\nhostname: drive')] }), 'hostname3');
  files[`${CONF}/cloud-config.yml`] = 'hostname: mine';
  equal(await hostname(), 'mine');
  equal(await hostname({ kernelLine: splitKernelLine('cc.hostname=kernel') }), 'kernel');
  equal(await hostname({ kernelLine: splitKernelLine('cc.hostname=kernel -- cc.hostname=elided') }), 'elided');
});

test('user-data of this boot replaces boot.yml of an earlier one; a script does not', async () => {
  const files = { [`${CONF}/cloud-config.d/boot.yml`]: 'hostname: old' };
  equal((await loadConfiguration(new FakeHost(files), { userData: [userData('#cloud-config\nrancher: {log: true}')] })).config.hostname, undefined);
  equal((await loadConfiguration(new FakeHost(files), { userData: [userData('#!/bin/sh\n')] })).config.hostname, 'old');
  deepEqual((await loadConfiguration(new FakeHost(), { userData: [userData('#compose\nweb: {image: nginx}')] })).config.rancher.services, { web: { image: 'nginx' } });
});

test('one broken file is reported and the rest still counts', async () => {
  const files = {
    [`${CONF}/cloud-config.d/1.yml`]: 'hostname: good\n',
    [`${CONF}/cloud-config.d/2.yml`]: 'hostname: bad: bad\nrancher: {debug: true}\n',
    [`${CONF}/cloud-config.yml`]: 'rancher:\n  debug: perhaps\n  log: true\n',
  };
  const { config, problems } = await loadConfiguration(new FakeHost(files), { kernelLine: splitKernelLine('rancher.state.wait=[x') });
  deepEqual([config.hostname, config.rancher.debug, config.rancher.log], ['good', false, true]);
  deepEqual(problems.filter((one) => one.severity === 'error').map(renderProblem), [
    `${CONF}/cloud-config.d/2.yml:1:14: error: a second ": " on the line\n  hint: put the value in quotes`,
    `${CONF}/cloud-config.yml:2:10: error: expected true or false, got "perhaps" (rancher.debug)`,
    'kernel command line: error: expected true or false, got "[x" (rancher.state.wait)',
  ]);
});

test('addresses come from the datasource, and from kernel words where it names none', async () => {
  const files = { [`${CONF}/cloud-config.yml`]: 'hostname: h-$private_ipv4\nrancher: {environment: {P: $public_ipv4}}' };
  const { config } = await loadConfiguration(new FakeHost(files), { addresses: { privateIpv4: '10.0.0.1' }, kernelLine: splitKernelLine('COREOS_PUBLIC_IPV4=1.2.3.4 COREOS_PRIVATE_IPV4=5.6.7.8') });
  deepEqual([config.hostname, config.rancher.environment], ['h-10.0.0.1', { P: '1.2.3.4' }]);
});

test('everything is looked for below the root that is given', async () => {
  const files = { [`/state${CONF}/cloud-config.yml`]: 'hostname: state', [`${CONF}/cloud-config.yml`]: 'hostname: here' };
  equal((await loadConfiguration(new FakeHost(files), { root: '/state' })).config.hostname, 'state');
});

test('a file that cannot be read is a problem, not a failure', async () => {
  const host = new FakeHost({ [`${CONF}/cloud-config.d/1.yml`]: 'hostname: one', [`${CONF}/cloud-config.yml/x`]: '' });
  host.files.addDevice(`${CONF}/cloud-config.d/2.yml`, 'character');
  const read = host.files.readBytes.bind(host.files);
  host.files.readBytes = (path, limit) => {
    if (path.endsWith('1.yml')) throw kernelError('read', 'EIO');
    return read(path, limit);
  };
  deepEqual((await loadConfiguration(host)).problems.map(renderProblem), [
    `${CONF}/cloud-config.d/1.yml: error: cannot be read: read: input/output error\n  hint: is the disk damaged?`,
    `${CONF}/cloud-config.d/2.yml: error: this is not a file (character)\n  hint: put a file there`,
    `${CONF}/cloud-config.yml: error: this is not a file (directory)\n  hint: put a file there`,
  ]);
});

test('a file that is too large is not read to its end', async () => {
  const host = new FakeHost({ [`${CONF}/cloud-config.yml`]: `a: ${'x'.repeat(600_000)}` });
  deepEqual((await loadConfiguration(host)).problems.map(renderProblem), [`${CONF}/cloud-config.yml: error: larger than 512 KiB\n  hint: fetch large files with runcmd, or put them into an image`]);
});
