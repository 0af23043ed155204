import { CancelSource } from '@drover/core';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { FakeHost } from './fake-host.ts';

test('the fake file system follows links, lists and renames trees', () => {
  const { files } = new FakeHost({ '/a/b/file': 'one', '/link': '-> /a/b', '/a/other': 'two' });
  equal(files.readText('/link/file'), 'one');
  deepEqual(files.list('/a'), ['b', 'other']);
  files.rename('/a/b', '/a/c');
  equal(files.readText('/a/c/file'), 'one');
  equal(files.exists('/link/file'), false);
  files.removeTree('/a');
  equal(files.readTextIfPresent('/a/other'), undefined);
});

test('the fake file system fails as the kernel does', async () => {
  const { files } = new FakeHost({ '/a/b': 'x' });
  await rejects(() => files.readText('/none'), 'ENOENT');
  await rejects(() => files.write('/none/file', ''), 'ENOENT');
  await rejects(() => files.readText('/a'), 'EISDIR');
  await rejects(() => files.remove('/a'), 'ENOTEMPTY');
  files.failWrites.set('/a/b', 'ENOSPC');
  await rejects(() => files.write('/a/b', 'y'), 'ENOSPC');
  equal(files.readText('/a/b'), 'x');
});

test('fake time passes only as far as the sleepers need, in their order', async () => {
  const { clock } = new FakeHost();
  const start = clock.monotonic();
  const order: string[] = [];
  await Promise.all([
    clock.sleep(500).then(() => order.push('late')),
    clock.sleep(100).then(() => order.push('early')),
  ]);
  deepEqual(order, ['early', 'late']);
  equal(clock.monotonic() - start, 500);
});

test('a cancelled sleep rejects with the reason', async () => {
  const { clock } = new FakeHost();
  const cancel = new CancelSource();
  const sleeping = clock.sleep(1000, cancel);
  cancel.cancel(Object.assign(new Error('stop'), { code: 'stop' }));
  await rejects(() => sleeping, 'stop');
});

test('fake programs run, are recorded, and can be missing', async () => {
  const host = new FakeHost();
  host.processes.programs['echo'] = (args) => ({ stdout: `${args.join(' ')}\n` });
  equal((await host.processes.run(['echo', 'a', 'b'])).stdout, 'a b\n');
  await rejects(() => host.processes.run(['nothing']), 'ENOENT');
  deepEqual(host.processes.ran, ['echo a b', 'nothing']);
});
