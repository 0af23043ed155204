import { deferred } from '@drover/core';
import { FakeHost } from '@drover/host';
import type { Exit, Process } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { BootLog } from './boot-log.ts';
import { pauseBefore, Supervisor } from './supervisor.ts';

function child(exit: Promise<Exit>, signals: string[] = []): Process {
  return { pid: 7, stdin: undefined, stdout: undefined, stderr: undefined, wait: () => exit, kill: (signal) => signals.push(signal) };
}

const silent = new BootLog({ write: () => undefined, debug: false });

test('a program that is killed is started again at once', async () => {
  const { clock } = new FakeHost();
  const starts: number[] = [];
  const last = deferred<Exit>();
  const supervisor = new Supervisor(clock, silent, {
    name: 'system-docker',
    start: () => {
      starts.push(clock.monotonic());
      return child(starts.length === 1 ? Promise.resolve({ code: 137, signal: 9 }) : last.promise);
    },
  });
  const running = supervisor.run();
  while (starts.length < 2) await clock.sleep(1);
  equal(starts[1]! - starts[0]! < 100, true);
  const stopped = supervisor.stop(1000);
  last.resolve({ code: 0 });
  await stopped;
  await running;
});

test('a program that keeps failing gets longer and longer pauses', () => {
  deepEqual([0, 1, 2, 3, 4, 5, 6, 60].map(pauseBefore), [0, 500, 1000, 2000, 5000, 10_000, 10_000, 10_000]);
});

test('a program that does not stop in time is killed', async () => {
  const { clock } = new FakeHost();
  const signals: string[] = [];
  const supervisor = new Supervisor(clock, silent, { name: 'x', start: () => child(new Promise(() => undefined), signals) });
  void supervisor.run();
  await supervisor.stop(500);
  deepEqual(signals, ['TERM', 'KILL']);
});
