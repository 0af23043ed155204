import { deepEqual, equal, rejects, test } from '@drover/testing';
import { FakeClock } from './fake-host.ts';
import type { Kernel } from './system-host.ts';
import { withLock } from './with-lock.ts';

/** One lock, as the kernel has it. */
function fakeKernel(): Pick<Kernel, 'tryLock'> {
  let isHeld = false;
  return {
    tryLock() {
      if (isHeld) return undefined;
      isHeld = true;
      return { release: () => void (isHeld = false) };
    },
  };
}

const late = (): Error => Object.assign(new Error('too late'), { code: 'late' });

test('what holds the same lock is done one after the other, also after a failure', async () => {
  const host = { clock: new FakeClock(), kernel: fakeKernel() as Kernel };
  const said: string[] = [];
  const work = (name: string, fails = false) => async (): Promise<string> => {
    said.push(`${name} begins`);
    await host.clock.sleep(100);
    said.push(`${name} ends`);
    if (fails) throw Object.assign(new Error(name), { code: name });
    return name;
  };
  const first = rejects(() => withLock(host, '/lock', 1000, late, work('first', true)), 'first');
  equal(await withLock(host, '/lock', 1000, late, work('second')), 'second');
  await first;
  deepEqual(said, ['first begins', 'first ends', 'second begins', 'second ends']);
});

test('a lock that is never let go is waited for as long as was said', async () => {
  const host = { clock: new FakeClock(), kernel: fakeKernel() as Kernel };
  host.kernel.tryLock('/lock');
  const began = host.clock.monotonic();
  await rejects(() => withLock(host, '/lock', 1000, late, () => undefined), 'late');
  equal(host.clock.monotonic() - began >= 1000, true);
});
