import { RosError } from '@drover/core';
import { equal, rejects, test } from '@drover/testing';
import { withDeadline } from './deadline.ts';
import { FakeClock } from './fake-host.ts';

test('work that is done in time gives its outcome, work that is late the error', async () => {
  const clock = new FakeClock();
  const late = (): Error => new RosError('timeout', 'too late');
  equal(await withDeadline(clock, clock.sleep(10).then(() => 'done'), 20, late), 'done');
  await rejects(() => withDeadline(clock, clock.sleep(30), 20, late), 'timeout');
  await rejects(() => withDeadline(clock, Promise.reject(new RosError('broken', 'x')), 20, late), 'broken');
});
