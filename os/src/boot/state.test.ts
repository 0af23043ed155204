import { FakeHost } from '@drover/host';
import type { SystemHost } from '@drover/host';
import { deepEqual, equal, match, rejects, test } from '@drover/testing';
import { chooseDiskToFormat, findState, isEmptyDisk, placesToLookAt } from './state.ts';
import type { StateOptions } from './state.ts';

const SIZE = 4 << 20;

function machine(disks: Readonly<Record<string, (bytes: Uint8Array) => void>>, size = SIZE): SystemHost {
  const fake = new FakeHost();
  for (const [name, fill] of Object.entries(disks)) {
    const bytes = new Uint8Array(size);
    fill(bytes);
    fake.files.makeDirectory(`/sys/class/block/${name}`);
    fake.files.write(`/sys/class/block/${name}/size`, `${size / 512}\n`);
    fake.files.addDevice(`/dev/${name}`, 'block', bytes);
  }
  return { files: fake.files, kernel: { blockDeviceBytes: (path: string) => fake.files.stat(path)!.sizeBytes } } as unknown as SystemHost;
}

const empty = (): void => undefined;
const labelled = (bytes: Uint8Array): void => {
  bytes.set([0x53, 0xef, 1, 0], 1080);
  bytes.set(Array.from('RANCHER_STATE', (character) => character.charCodeAt(0)), 1144);
};

const options: StateOptions = { dev: 'LABEL=RANCHER_STATE', fstype: 'auto', autoformat: ['/dev/sda', '/dev/vda', '/dev/vdb'], required: false, directory: '' };
const never = (): Promise<undefined> => Promise.resolve(undefined);

function recorder(code = 0, output = ''): { run: (argv: readonly string[]) => Promise<{ code: number; output: string }>; ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    run: (argv) => {
      ran.push(argv.join(' '));
      return Promise.resolve({ code, output });
    },
  };
}

test('a disk is empty only when its beginning and its end are', () => {
  equal(isEmptyDisk(machine({ vda: empty }), '/dev/vda'), true);
  equal(isEmptyDisk(machine({ vda: (bytes) => bytes.set([1], 500_000) }), '/dev/vda'), false);
  equal(isEmptyDisk(machine({ vda: (bytes) => bytes.set([1], SIZE - 512) }), '/dev/vda'), false);
});

test('the first empty disk of the list is chosen, and the others say why not', () => {
  const host = machine({ vda: (bytes) => bytes.set([0x55, 0xaa], 510), vdb: empty, vdc: empty });
  deepEqual(chooseDiskToFormat(host, ['/dev/sda', '/dev/vda', '/dev/vdb', '/dev/vdc']), { device: '/dev/vdb', refused: ['/dev/sda does not exist', '/dev/vda is not empty'] });
});

test('a disk without a size, such as an empty card reader, is not taken for an empty one', () => {
  deepEqual(chooseDiskToFormat(machine({ vda: empty }, 0), ['/dev/vda']), { device: undefined, refused: ['/dev/vda has no room at all'] });
});

test('a disk with partitions is never formatted, even when it looks empty', () => {
  const host = machine({ vda: empty, vda1: empty });
  host.files.write('/sys/class/block/vda1/partition', '1\n');
  deepEqual(chooseDiskToFormat(host, ['/dev/vda']).refused, ['/dev/vda has partitions']);
});

test('an existing state partition is used, and nothing is formatted', async () => {
  const tools = recorder();
  const found = await findState(machine({ vda: empty, vdb: labelled }), tools.run, options, never);
  deepEqual([found?.device, found?.formatted, tools.ran], ['/dev/vdb', false, []]);
});

test('an unclean state partition is checked before it is mounted', async () => {
  const host = machine({ vdb: (bytes) => (labelled(bytes), bytes.set([4], 1120)) });
  const tools = recorder(1);
  const found = await findState(host, tools.run, options, never);
  deepEqual([tools.ran, found?.remark], [['/usr/sbin/e2fsck -p /dev/vdb'], 'it had errors, which were repaired']);
  const error = await rejects(() => findState(host, recorder(4, 'x\nUNEXPECTED INCONSISTENCY').run, options, never), 'state-check');
  match(error.message, /UNEXPECTED INCONSISTENCY/);
});

test('without a state partition the empty disk is formatted', async () => {
  const tools = recorder();
  const found = await findState(machine({ vda: empty }), tools.run, options, never);
  deepEqual([found?.device, found?.formatted], ['/dev/vda', true]);
  deepEqual(tools.ran, ['/usr/sbin/mke2fs -q -F -t ext4 -L RANCHER_STATE /dev/vda']);
});

test('without any disk the machine runs in memory, unless state is required', async () => {
  equal(await findState(machine({}), recorder().run, options, never), undefined);
  equal(await findState(machine({}), recorder().run, { ...options, dev: '' }, never), undefined);
  const error = await rejects(() => findState(machine({ vda: (bytes) => bytes.set([1]) }), recorder().run, { ...options, required: true }, never), 'state-missing');
  match(error.message, /\/dev\/vda is not empty/);
});

test('a disk that appears late is waited for', async () => {
  const found = await findState(machine({}), recorder().run, { ...options, autoformat: [] }, () => Promise.resolve('/dev/sdb'));
  equal(found?.device, '/dev/sdb');
});

test('a disk is looked at from end to end before it counts as empty', () => {
  const size = 64 << 20;
  const places = placesToLookAt(size);
  equal(places.some(([start, length]) => start <= 3 << 20 && 3 << 20 < start + length), true);
  equal(places.some(([start, length]) => start + length === size), true);
  equal(places.filter(([start]) => start > 8 << 20 && start < 56 << 20).length > 700, true);
  equal(placesToLookAt(1000).every(([start, length]) => start + length <= 1000), true);
});
