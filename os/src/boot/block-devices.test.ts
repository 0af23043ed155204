import { FakeHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { listBlockDevices, recognise, resolveDevice } from './block-devices.ts';

function image(parts: Readonly<Record<number, string>>, length = 70_000): Uint8Array {
  const bytes = new Uint8Array(length);
  for (const [offset, text] of Object.entries(parts)) bytes.set(Uint8Array.from(text, (character) => character.charCodeAt(0)), Number(offset));
  return bytes;
}

const EXT4 = { 1080: 'S\u00ef', 1082: '\u0001\0', 1144: 'RANCHER_STATE', 1128: '\u0012\u0034\u0056\u0078\u0090\u00ab\u00cd\u00ef\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008' };

test('superblocks tell type, label and UUID', () => {
  deepEqual(recognise(image(EXT4)), { type: 'ext4', label: 'RANCHER_STATE', uuid: '12345678-90ab-cdef-0102-030405060708', clean: true });
  deepEqual(recognise(image({ 32769: 'CD001', 32808: 'config-2                        ' })), { type: 'iso9660', label: 'config-2', uuid: '' });
  deepEqual(recognise(image({ 54: 'FAT16   ', 43: 'CONFIG-2   ', 39: '\u0078\u0056\u0034\u0012' })), { type: 'vfat', label: 'CONFIG-2', uuid: '1234-5678' });
  deepEqual(recognise(image({ 82: 'FAT32   ', 71: 'config-2   ' }))?.label, 'config-2');
  deepEqual(recognise(image({ 0: 'hsqs' }, 4096)), { type: 'squashfs', label: '', uuid: '' });
  equal(recognise(image({})), undefined);
  equal(recognise(new Uint8Array(10)), undefined);
});

test('an ext4 that was not unmounted, or has errors, is not clean', () => {
  equal(recognise(image({ ...EXT4, 1120: '\u0004' }))?.clean, false);
  equal(recognise(image({ ...EXT4, 1082: '\u0003\0' }))?.clean, false);
});

function machine(): FakeHost {
  const host = new FakeHost();
  const disks: readonly (readonly [string, Uint8Array])[] = [['vda', image({})], ['vdb', image(EXT4)], ['sr0', image({ 32769: 'CD001', 32808: 'DROVER' })]];
  for (const [name, content] of disks) {
    host.files.makeDirectory(`/sys/class/block/${name}`);
    host.files.write(`/sys/class/block/${name}/size`, '2048\n');
    host.files.addDevice(`/dev/${name}`, 'block', content);
  }
  host.files.makeDirectory('/sys/class/block/loop0');
  host.files.write('/sys/class/block/loop0/size', '2048\n');
  return host;
}

test('disks are listed without loop devices', () => {
  deepEqual(listBlockDevices(machine()).map((one) => one.path), ['/dev/sr0', '/dev/vda', '/dev/vdb']);
});

test('a device is found by label, by UUID in any case, and by path', () => {
  const host = machine();
  equal(resolveDevice(host, 'LABEL=RANCHER_STATE'), '/dev/vdb');
  equal(resolveDevice(host, 'UUID=12345678-90AB-CDEF-0102-030405060708'), '/dev/vdb');
  equal(resolveDevice(host, '/dev/vda'), '/dev/vda');
  equal(resolveDevice(host, 'LABEL=nothing'), undefined);
  equal(resolveDevice(host, '/dev/sda'), undefined);
  equal(resolveDevice(host, '/sys'), undefined);
});
