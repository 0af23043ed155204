import { FakeHost } from '@drover/host';
import type { SystemHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import type { ModuleIndex } from './modules.ts';
import { matchesPattern, ModuleLoader } from './modules.ts';

test('aliases match as shell patterns do', () => {
  const table: readonly (readonly [string, string, boolean])[] = [
    ['virtio:d00000002v*', 'virtio:d00000002v00001AF4', true],
    ['virtio:d00000002v*', 'virtio:d00000001v00001AF4', false],
    ['pci:v*d*sv*sd*bc01sc06i01*', 'pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01', true],
    ['pci:v*d*sv*sd*bc01sc06i01*', 'pci:v00008086d00002922sv00001AF4sd00001100bc01sc01i80', false],
    ['scsi:t-0x00*', 'scsi:t-0x00', true],
    ['usb:v?d[0-3]*', 'usb:vAd2x', true],
    ['usb:v?d[0-3]*', 'usb:vAd4x', false],
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
  ];
  for (const [pattern, text, expected] of table) equal(matchesPattern(pattern, text), expected);
});

const index: ModuleIndex = {
  release: '6.12',
  modules: {
    virtio_blk: ['kernel/drivers/block/virtio_blk.ko', []],
    virtio_scsi: ['kernel/drivers/scsi/virtio_scsi.ko', ['scsi_mod']],
    scsi_mod: ['kernel/drivers/scsi/scsi_mod.ko', ['scsi_common']],
    scsi_common: ['kernel/drivers/scsi/scsi_common.ko', []],
    sd_mod: ['kernel/drivers/scsi/sd_mod.ko', ['scsi_mod']],
  },
  aliases: [['virtio:d00000002v*', 'virtio_blk'], ['virtio:d00000008v*', 'virtio_scsi'], ['scsi:t-0x00*', 'sd_mod']],
};

test('dependencies come first, and a controller that brings a disk causes another pass', () => {
  const fake = new FakeHost({ '/sys/bus/virtio/devices/virtio0/modalias': 'virtio:d00000008v00001AF4\n' });
  const loaded: string[] = [];
  const kernel = {
    loadModule: (path: string) => {
      loaded.push(path.slice('/modules/'.length));
      if (path.endsWith('virtio_scsi.ko')) {
        fake.files.makeDirectory('/sys/bus/scsi/devices/0:0:0:0');
        fake.files.write('/sys/bus/scsi/devices/0:0:0:0/modalias', 'scsi:t-0x00\n');
      }
    },
  };
  const loader = new ModuleLoader({ files: fake.files, kernel } as unknown as SystemHost, index, '/modules');
  deepEqual(loader.loadForDevices(() => undefined), { loaded: ['virtio_scsi', 'sd_mod'], slow: [] });
  deepEqual(loaded, ['scsi_common.ko', 'scsi_mod.ko', 'virtio_scsi.ko', 'sd_mod.ko']);
  equal(loader.load('virtio_scsi'), false);
  equal(loader.load('ext4'), false);
});

test('a module that does not load is reported, and the others are still tried', () => {
  const fake = new FakeHost({
    '/sys/bus/virtio/devices/virtio0/modalias': 'virtio:d00000002v00001AF4\n',
    '/sys/bus/scsi/devices/0/modalias': 'scsi:t-0x00\n',
  });
  const kernel = {
    loadModule: (path: string) => {
      if (path.includes('virtio_blk')) throw Object.assign(new Error('finit_module: ENOEXEC'), { code: 'ENOEXEC' });
    },
  };
  const failures: string[] = [];
  const loader = new ModuleLoader({ files: fake.files, kernel } as unknown as SystemHost, index, '/modules');
  deepEqual(loader.loadForDevices((name) => failures.push(name)).loaded, ['sd_mod']);
  deepEqual(failures, ['virtio_blk']);
});

test('a driver that is slow to start is left to the background', () => {
  const fake = new FakeHost({ '/sys/bus/pci/devices/0/modalias': 'pci:ide\n' });
  const slow: ModuleIndex = { release: '', modules: { ata_piix: ['', ['libata']], libata: ['', []] }, aliases: [['pci:i*', 'ata_piix']] };
  const loader = new ModuleLoader({ files: fake.files } as unknown as SystemHost, slow, '/modules');
  deepEqual(loader.loadForDevices(() => undefined), { loaded: [], slow: ['ata_piix'] });
});
