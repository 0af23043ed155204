import { FakeHost } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import type { DiskHost } from './grow-disk.ts';
import { growDisk } from './grow-disk.ts';

const MIB = 1 << 20;
const DEVICE = '/dev/vdb';

/** A disk of 64 MiB without partitions; its ext4 file system has blocks of 1 KiB, as many as the superblock says. */
class Machine {
  readonly host = new FakeHost({ '/sys/class/block/vdb/size': '', '/proc/self/mountinfo': '' });
  readonly did: string[] = [];
  private readonly bytes = new Uint8Array(2 * MIB);

  constructor(fileSystemMb: number) {
    const view = new DataView(this.bytes.buffer, 1024);
    view.setUint16(56, 0xef53, true);
    view.setUint32(4, fileSystemMb * 1024, true);
    this.host.files.addDevice(DEVICE, 'block', this.bytes);
    this.host.processes.programs['/usr/sbin/resize2fs'] = ([device]) => {
      this.did.push(`resize2fs ${device!}`);
      view.setUint32(4, 64 * 1024, true);
      return {};
    };
  }

  grow(): Promise<string | undefined> {
    const { host, did } = this;
    const kernel = { blockDeviceBytes: () => 64 * MIB };
    const mounts = { mount: ({ source }: { source: string }) => void did.push(`mount ${source}`), unmount: () => void did.push('unmount') };
    return growDisk(Object.assign(host, { kernel, mounts }) as unknown as DiskHost, DEVICE, undefined);
  }
}

test('a file system that is smaller than its disk is mounted to grow, and one that is mounted grows where it is', async () => {
  const machine = new Machine(32);
  equal(await machine.grow(), '/dev/vdb grew from 33.55MB to 67.11MB');
  deepEqual(machine.did, [`mount ${DEVICE}`, `resize2fs ${DEVICE}`, 'unmount']);
  equal(await machine.grow(), undefined);
  const mounted = new Machine(32);
  mounted.host.files.write('/proc/self/mountinfo', `40 1 254:16 / /state rw - ext4 ${DEVICE} rw\n`);
  await mounted.grow();
  deepEqual(mounted.did, [`resize2fs ${DEVICE}`]);
});

test('a file system that cannot grow is named and not left mounted', async () => {
  const machine = new Machine(32);
  machine.host.processes.programs['/usr/sbin/resize2fs'] = () => ({ code: 1, stderr: 'resize2fs 1.47\nThere are errors in the filesystem\n' });
  equal((await rejects(() => machine.grow(), 'resize-failed')).message, 'resize2fs /dev/vdb: There are errors in the filesystem');
  deepEqual(machine.did, [`mount ${DEVICE}`, 'unmount']);
});
