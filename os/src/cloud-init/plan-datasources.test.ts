import { renderProblem } from '@drover/core';
import { deepEqual, equal, test } from '@drover/testing';
import type { Dmi } from './dmi.ts';
import { planDatasources } from './plan-datasources.ts';

const NO_DMI: Dmi = { vendor: '', product: '', assetTag: '', biosVersion: '' };

function names(configured: readonly string[] | undefined, dmi: Partial<Dmi> = {}, words: readonly string[] = []): string {
  return planDatasources(configured, { ...NO_DMI, ...dmi }, words).sources.map(({ name, argument }) => (argument === '' ? name : `${name}:${argument}`)).join(' ');
}

test('without a list, drives with a label are read, and the cloud that the firmware names is asked', () => {
  const drives = 'configdrive:/media/config-2 nocloud';
  const table: readonly (readonly [Partial<Dmi>, string])[] = [
    [{}, ''],
    [{ vendor: 'QEMU', product: 'Standard PC (i440FX + PIIX, 1996)' }, ''],
    [{ vendor: 'Amazon EC2', product: 't3.micro' }, ' ec2:http://169.254.169.254/'],
    [{ vendor: 'Xen', product: 'HVM domU', biosVersion: '4.11.amazon' }, ' ec2:http://169.254.169.254/'],
    [{ vendor: 'Google', product: 'Google Compute Engine' }, ' gce:http://metadata.google.internal/'],
    [{ vendor: 'DigitalOcean', product: 'Droplet' }, ' digitalocean:http://169.254.169.254/'],
    [{ vendor: 'Microsoft Corporation', assetTag: '7783-7084-3265-9085-8269-3286-77' }, ' azure:http://169.254.169.254/metadata/'],
    [{ vendor: 'Microsoft Corporation', product: 'Virtual Machine' }, ''],
    [{ vendor: 'OpenStack Foundation', product: 'OpenStack Nova' }, ' openstack:http://169.254.169.254/'],
    [{ product: 'CloudStack KVM Hypervisor' }, ' cloudstack'],
    [{ vendor: 'Exoscale', product: 'Exoscale Compute Platform' }, ' exoscale:http://169.254.169.254/'],
    [{ vendor: 'Alibaba Cloud', product: 'Alibaba Cloud ECS' }, ' aliyun:http://100.100.100.200/'],
    [{ product: 'Proxmox VE' }, ' proxmox:/media/pve-config'],
  ];
  for (const [dmi, more] of table) equal(`${JSON.stringify(dmi)}: ${names(undefined, dmi)}`, `${JSON.stringify(dmi)}: ${drives}${more}`);
  equal(names(undefined, {}, ['quiet', 'cloud-config-url=http://h/']), `${drives} cmdline`);
  equal(names(undefined, {}, ['cloud_config_url=']), drives);
});

test('a list counts alone, in its order, whatever the firmware says', () => {
  equal(names(['url:http://h/a:b?c', 'ec2', 'configdrive'], { product: 'Google Compute Engine' }), 'url:http://h/a:b?c ec2:http://169.254.169.254/ configdrive:/media/config-2');
  equal(names(['gce:http://192.0.2.1', 'gce:http://192.0.2.1']), 'gce:http://192.0.2.1');
  equal(names([]), '');
  equal(names(['*']).split(' ').length, 9);
});

test('what is no datasource is reported, and the others are asked', () => {
  const { sources, problems } = planDatasources(['ec3', 'url', 'vmware', 'file:/a'], NO_DMI, []);
  deepEqual(sources, [{ name: 'file', argument: '/a' }]);
  deepEqual(problems.map((problem) => renderProblem(problem).split('\n')[0]), [
    'rancher.cloud_init.datasources: error: there is no datasource "ec3"',
    'rancher.cloud_init.datasources: error: the datasource url needs an argument',
    'rancher.cloud_init.datasources: error: the datasource vmware is not read by this version',
  ]);
});
