import { deepEqual, equal, rejects, test } from '@drover/testing';
import { CancelSource } from './cancel.ts';
import { deferred, KeyedLock, orCancelled } from './deferred.ts';

test('work under one key runs in order, work under another key does not wait for it', async () => {
  const lock = new KeyedLock();
  const order: string[] = [];
  const gate = deferred();
  const first = lock.run('a', async () => {
    await gate.promise;
    order.push('a1');
  });
  const second = lock.run('a', () => order.push('a2'));
  await lock.run('b', () => order.push('b'));
  gate.resolve();
  await Promise.all([first, second]);
  deepEqual(order, ['b', 'a1', 'a2']);
});

test('a failure under a key reaches its caller and does not block the next one', async () => {
  const lock = new KeyedLock();
  const failed = await lock.run('a', () => Promise.reject(new Error('no'))).catch((error: Error) => error.message);
  deepEqual([failed, await lock.run('a', () => 'yes')], ['no', 'yes']);
});

test('a wait ends with its outcome or with the reason of its cancel signal, whichever is first', async () => {
  const cancel = new CancelSource();
  equal(await orCancelled(Promise.resolve(1), cancel), 1);
  const waiting = orCancelled(new Promise<number>(() => undefined), cancel);
  cancel.cancel();
  await rejects(() => waiting, 'cancelled');
  await rejects(() => orCancelled(new Promise(() => undefined), cancel), 'cancelled');
});
