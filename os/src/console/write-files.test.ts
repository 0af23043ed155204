import { FakeHost } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { mountEntry, planMount } from './mounts.ts';
import type { FileEntry } from './write-files.ts';
import { placeOfFile, writeEntry } from './write-files.ts';

function entry(fields: Partial<FileEntry>): FileEntry {
  return { permissions: '0644', container: 'console', ...fields };
}

function machine(): FakeHost {
  const host = new FakeHost();
  host.files.makeDirectory('/etc');
  return host;
}

test('a file is written with its folders, its content decoded and its permissions', async () => {
  const host = machine();
  await writeEntry(host, entry({ path: '/etc/a/b.conf', content: 'plain\n', permissions: '0600' }));
  await writeEntry(host, entry({ path: '/etc/c', content: 'aGVs\nbG8=', encoding: 'b64' }));
  deepEqual([host.files.readText('/etc/a/b.conf'), host.files.stat('/etc/a/b.conf')!.mode & 0o777, host.files.readText('/etc/c')], ['plain\n', 0o600, 'hello']);
  deepEqual([host.files.list('/etc'), host.files.list('/etc/a')], [['a', 'c'], ['b.conf']]);
});

test('an entry that is wrong leaves what was there, and nothing beside it', async () => {
  const table: readonly (readonly [fields: Partial<FileEntry>, code: string])[] = [
    [{ path: '/etc/x', content: '%%%', encoding: 'b64' }, 'bad-encoding'],
    [{ path: '/etc/x', content: '', encoding: 'rot13' }, 'bad-encoding'],
    [{ path: '/etc/x', content: '', encoding: 'constructor' }, 'bad-encoding'],
    [{ path: '/etc/x', content: '', permissions: 'rw' }, 'bad-permissions'],
    [{ path: '', content: '' }, 'bad-path'],
    [{ path: '/etc/', content: '' }, 'bad-path'],
    [{ content: '' }, 'bad-path'],
  ];
  for (const [fields, code] of table) {
    const host = machine();
    host.files.write('/etc/x', 'old');
    await rejects(() => writeEntry(host, entry(fields)), code);
    deepEqual([host.files.list('/etc'), host.files.readText('/etc/x')], [['x'], 'old']);
  }
});

test('no path leads out of the root', () => {
  equal(placeOfFile('../../etc/x'), '/etc/x');
  equal(placeOfFile('/a/./../../b'), '/b');
});

test('an owner is given before the file has its name', async () => {
  const host = machine();
  host.processes.programs['/usr/bin/chown'] = ([owner]) => (owner === 'rancher:docker' ? {} : { code: 1, stderr: 'unknown user' });
  await writeEntry(host, entry({ path: '/etc/mine', content: '', owner: 'rancher:docker' }));
  deepEqual(host.processes.ran, ['/usr/bin/chown rancher:docker /etc/.mine.write_files']);
  await rejects(() => writeEntry(host, entry({ path: '/etc/other', content: '', owner: 'nobody-here' })), 'bad-owner');
  equal(host.files.exists('/etc/other'), false);
});

test('mounts become commands: swap, a type and options where they are given', () => {
  deepEqual(planMount(['LABEL=x', '/mnt/s', 'ext4', ''], '/dev/vdb'), ['/usr/bin/mount', '-t', 'ext4', '/dev/vdb', '/mnt/s']);
  deepEqual(planMount(['/a', '/b', '', 'bind'], '/a'), ['/usr/bin/mount', '-o', 'bind', '/a', '/b']);
  deepEqual(planMount(['/dev/vdb', '', 'swap', ''], '/dev/vdb'), ['/usr/bin/swapon', '/dev/vdb']);
  deepEqual(planMount(['/dev/vdb', '/m', 'auto', 'defaults'], '/dev/vdb'), ['/usr/bin/mount', '-o', 'defaults', '/dev/vdb', '/m']);
});

test('a mount makes its mount point; one without a device or that fails says why', async () => {
  const host = machine();
  host.processes.programs['/usr/bin/mount'] = (args) => (args.at(-1) === '/mnt/bad' ? { code: 32, stderr: 'mount: no such file system\n' } : {});
  await mountEntry(host, ['server:/x', '/mnt/n', 'nfs', 'ro']);
  equal(host.files.stat('/mnt/n')?.type, 'directory');
  await rejects(() => mountEntry(host, ['server:/x', '/mnt/bad', 'nfs', '']), 'mount-failed');
  await rejects(() => mountEntry(host, ['tmpfs', 'relative', 'tmpfs', '']), 'bad-mount');
});
