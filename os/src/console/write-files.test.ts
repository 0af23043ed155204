import { FakeHost } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
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
  await writeEntry(host, entry({ path: '/etc/d', content: 'H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==', encoding: 'gz+b64' }));
  deepEqual([host.files.readText('/etc/a/b.conf'), host.files.stat('/etc/a/b.conf')!.mode & 0o777, host.files.readText('/etc/c'), host.files.readText('/etc/d')], ['plain\n', 0o600, 'hello', 'hello']);
  deepEqual([host.files.list('/etc'), host.files.list('/etc/a')], [['a', 'c', 'd'], ['b.conf']]);
});

test('an entry that is wrong leaves what was there, and nothing beside it', async () => {
  const table: readonly (readonly [fields: Partial<FileEntry>, code: string])[] = [
    [{ path: '/etc/x', content: '%%%', encoding: 'b64' }, 'bad-encoding'],
    [{ path: '/etc/x', content: '', encoding: 'rot13' }, 'bad-encoding'],
    [{ path: '/etc/x', content: '', encoding: 'constructor' }, 'bad-encoding'],
    [{ path: '/etc/x', content: 'plain', encoding: 'gzip' }, 'bad-gzip'],
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

test('permissions are octal, with or without the zero, and 0644 where there are none', async () => {
  const table: readonly (readonly [text: string, mode: number])[] = [['744', 0o744], ['0744', 0o744], ['01777', 0o1777], ['', 0o644]];
  for (const [permissions, mode] of table) {
    const host = machine();
    await writeEntry(host, entry({ path: '/etc/x', content: '', permissions }));
    equal(host.files.stat('/etc/x')!.mode & 0o7777, mode);
  }
  for (const permissions of ['11744', '800', 'rwx', 'pants', '-644']) await rejects(() => writeEntry(machine(), entry({ path: '/etc/x', content: '', permissions })), 'bad-permissions');
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
