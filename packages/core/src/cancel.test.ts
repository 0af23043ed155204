import { deepEqual, equal, test } from '@drover/testing';
import { CancelSource } from './cancel.ts';

test('a cancelled parent cancels its children, once', () => {
  const parent = new CancelSource();
  const child = new CancelSource(parent);
  const seen: string[] = [];
  child.onCancel((reason) => seen.push(reason.message));
  parent.cancel(new Error('power off'));
  parent.cancel(new Error('again'));
  deepEqual(seen, ['power off']);
  equal(child.cancelled, true);
});

test('a listener that comes late is called at once, one that left is not called', () => {
  const source = new CancelSource();
  let calls = 0;
  const leave = source.onCancel(() => (calls += 1));
  leave();
  source.cancel();
  equal(calls, 0);
  source.onCancel(() => (calls += 1));
  equal(calls, 1);
});
