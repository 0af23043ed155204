import type { MountEntry } from '@drover/cloud-config';
import { FakeHost } from '@drover/host';
import type { SwapOptions } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { mountEntry, planMounts, planSwap, unmountEntry } from './mounts.ts';
import type { MountHost } from './mounts.ts';

const TABLE: readonly (readonly [what: string, entry: MountEntry, probed: string | undefined, commands: readonly string[]])[] = [
  ['a type', ['LABEL=x', '/m', 'ext4', ''], 'ext4', ['mount -t ext4 DEV /m']],
  ['a bind', ['/a', '/m', '', 'bind'], undefined, ['mount -o bind DEV /m']],
  ['auto', ['/dev/vdb', '/m', 'auto', 'defaults'], 'xfs', ['mount -t xfs -o defaults DEV /m']],
  ['no type and nothing known', ['/dev/vdb', '/m', '', ''], undefined, ['mount DEV /m']],
  ['words of fstab', ['/dev/vdb', '/m', 'ext4', 'nofail, noatime,x-systemd.automount,_netdev'], 'ext4', ['mount -t ext4 -o noatime DEV /m']],
  ['NFS, version 4.1 first', ['s:/x', '/m', 'nfs', 'ro'], undefined, ['mount -t nfs -o ro,vers=4.1 DEV /m', 'mount -t nfs -o ro,vers=3,nolock DEV /m']],
  ['NFS 4', ['s:/x', '/m', 'nfs4', ''], undefined, ['mount -t nfs4 -o vers=4.1 DEV /m', 'mount -t nfs4 -o vers=4 DEV /m']],
  ['NFS 3 by name', ['s:/x', '/m', 'nfs', 'nfsvers=3,port=2049'], undefined, ['mount -t nfs -o nfsvers=3,port=2049,nolock DEV /m']],
  ['NFS 3 with locks by name', ['s:/x', '/m', 'nfs', 'vers=3,lock'], undefined, ['mount -t nfs -o vers=3,lock DEV /m']],
  ['NFS 4.2 by name', ['s:/x', '/m', 'nfs', 'vers=4.2'], undefined, ['mount -t nfs -o vers=4.2 DEV /m']],
];

for (const [what, entry, probed, commands] of TABLE) {
  test(`mounts become commands: ${what}`, () => deepEqual(planMounts(entry, 'DEV', probed).map((command) => command.join(' ').replace('/usr/bin/', '')), commands));
}

const SWAP: readonly (readonly [options: string, expected: SwapOptions])[] = [
  ['', {}],
  ['sw,nofail,pri=5', { priority: 5 }],
  ['pri=32767,discard', { priority: 32767, discard: 'both' }],
  ['discard=pages', { discard: 'pages' }],
];

test('swap has the priority and the discards that its options say, and refuses what is none', async () => {
  for (const [options, expected] of SWAP) deepEqual(planSwap(['/dev/vdb', '', 'swap', options]), expected);
  for (const options of ['pri=-1', 'pri=32768', 'noatime', 'toString']) await rejects(() => planSwap(['/dev/vdb', '', 'swap', options]), 'bad-mount');
});

type Outcome = { code?: number; stderr?: string; timedOut?: boolean };

/** `swaps`: what the kernel was told. */
function machine(mount: (args: readonly string[]) => Outcome, tree: Readonly<Record<string, string>> = {}): FakeHost & MountHost & { readonly swaps: string[] } {
  const host = new FakeHost({ '/proc/self/mountinfo': '', ...tree });
  host.processes.programs['/usr/bin/mount'] = mount;
  const swaps: string[] = [];
  const kernel: MountHost['kernel'] = { swapOn: (path, options) => void swaps.push(`on ${path} ${JSON.stringify(options)}`), swapOff: (path) => void swaps.push(`off ${path}`) };
  return Object.assign(host, { swaps, kernel });
}

test('a mount makes its mount point, and does nothing when it is there', async () => {
  const host = machine(() => ({}));
  await mountEntry(host, ['tmpfs', '/mnt/n', 'tmpfs', '']);
  equal(host.files.stat('/mnt/n')?.type, 'directory');
  host.files.write('/proc/self/mountinfo', '40 1 0:30 / /mnt/n rw - tmpfs tmpfs rw\n');
  await mountEntry(host, ['tmpfs', '/mnt/n', 'tmpfs', '']);
  equal(host.processes.ran.length, 1);
});

test('a mount that cannot be is tried once, and says why', async () => {
  const host = machine(() => ({ code: 32, stderr: 'mount: no such file system\n' }));
  await rejects(() => mountEntry(host, ['tmpfs', '/mnt/bad', 'tmpfs', '']), 'mount-failed');
  await rejects(() => mountEntry(host, ['tmpfs', 'relative', 'tmpfs', '']), 'bad-mount');
  equal(host.processes.ran.length, 1);
});

test('a server is tried until the network is there, with its older version where it refuses the new one', async () => {
  const host = machine((args) => (host.clock.monotonic() > 5000 && args.includes('vers=3,nolock') ? {} : { code: 1, stderr: 'refused' }));
  await mountEntry(host, ['s:/x', '/mnt/n', 'nfs', '']);
  equal(host.processes.ran.at(-1), '/usr/bin/mount -t nfs -o vers=3,nolock s:/x /mnt/n');
});

test('a server that has no such folder, or does not give it away, is not asked again', async () => {
  for (const why of ['No such file or directory', 'Permission denied']) {
    const host = machine(() => ({ code: 255, stderr: `mount: mounting s:/x on /mnt/n failed: ${why}\n` }));
    await rejects(() => mountEntry(host, ['s:/x', '/mnt/n', 'nfs', '']), 'mount-failed');
    equal(host.processes.ran.length, 2);
  }
});

test('a dead server is given up after a while, without asking it for older versions', async () => {
  const host = machine(() => ({ code: 137, timedOut: true }));
  await rejects(() => mountEntry(host, ['s:/x', '/mnt/n', 'nfs', '']), 'mount-failed');
  equal(host.processes.ran.some((line) => line.includes('vers=3')), false);
});

test('swap that is used already is left alone; a swap file that is missing is waited for and named', async () => {
  const host = machine(() => ({}), { '/proc/swaps': 'Filename Type Size Used Priority\n/var/swap file 1 0 -2\n', '/var/swap': '', '/var/new': '' });
  await mountEntry(host, ['/var/swap', '', 'swap', '']);
  await mountEntry(host, ['/var/new', '', 'swap', 'pri=3']);
  deepEqual(host.swaps, ['on /var/new {"priority":3}']);
  await rejects(() => mountEntry(host, ['/var/other', '', 'swap', '']), 'no-device');
});

test('what was mounted is unmounted again, what is not there is left alone, and what is in use is named', async () => {
  const host = machine(() => ({}), { '/proc/self/mountinfo': '40 1 0:30 / /mnt/n rw - tmpfs tmpfs rw\n', '/proc/swaps': 'Filename Type\n/var/swap file\n', '/var/swap': '' });
  host.processes.programs['/usr/bin/umount'] = () => ({});
  await unmountEntry(host, ['tmpfs', '/mnt/n', 'tmpfs', '']);
  await unmountEntry(host, ['tmpfs', '/mnt/other', 'tmpfs', '']);
  await unmountEntry(host, ['LABEL=gone', '/mnt/n', 'ext4', '']);
  await unmountEntry(host, ['/var/swap', '', 'swap', '']);
  deepEqual([host.processes.ran, host.swaps], [['/usr/bin/umount /mnt/n'], ['off /var/swap']]);
  host.processes.programs['/usr/bin/umount'] = () => ({ code: 1, stderr: 'umount: /mnt/n: Device or resource busy\n' });
  equal((await rejects(() => unmountEntry(host, ['tmpfs', '/mnt/n', 'tmpfs', '']), 'unmount-failed')).message, 'umount: /mnt/n: Device or resource busy');
});
