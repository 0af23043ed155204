import { deepEqual, equal, test } from '@drover/testing';
import { BootLog } from './boot-log.ts';
import type { Failure, Phase, Runner } from './phases.ts';
import { renderPhases, runPhases } from './phases.ts';

function recorder(outcomes: ('retry' | 'continue')[] = []): { runner: Runner; lines: string[]; rescued: string[] } {
  const lines: string[] = [];
  const rescued: string[] = [];
  let time = 0;
  const runner: Runner = {
    log: new BootLog({ write: (level, text) => lines.push(`${level}: ${text}`), debug: false }),
    uptimeMs: () => (time += 5),
    rescue: (failure: Failure) => {
      rescued.push(failure.task.name);
      return Promise.resolve(outcomes.shift() ?? 'continue');
    },
  };
  return { runner, lines, rescued };
}

test('phases run in order, and each says what it did and how long it took', async () => {
  const { runner, lines } = recorder();
  const order: string[] = [];
  const task = (name: string): Phase['tasks'][number] => ({ name, onFailure: 'rescue', run: () => void order.push(name) });
  await runPhases(runner, [
    { name: 'early mounts', tasks: [task('proc'), task('sys')] },
    { name: 'state', tasks: [{ ...task('state partition'), run: () => '/dev/vda' }] },
  ]);
  deepEqual(order, ['proc', 'sys']);
  deepEqual(lines.map((line) => line.replace(/\d+ms/, 'Nms')), ['info: early mounts (1/2): done, Nms', 'info: state (2/2): done, Nms: /dev/vda']);
});

test('a failed task that only warns is reported with its hint, and the boot goes on', async () => {
  const { runner, lines, rescued } = recorder();
  await runPhases(runner, [{ name: 'network', tasks: [{ name: 'loopback', onFailure: 'warn', hint: 'look at ip link', run: () => Promise.reject(new Error('no such device')) }] }]);
  deepEqual(rescued, []);
  equal(lines[0], 'error: loopback failed: no such device\n  hint: look at ip link');
  equal(lines[1]?.startsWith('info: network (1/1): done'), true);
});

test('a failed task that needs a rescue is tried again when its user says so', async () => {
  const { runner, rescued } = recorder(['retry', 'retry']);
  let attempts = 0;
  const task = {
    name: 'root file system', onFailure: 'rescue' as const,
    run: () => {
      attempts += 1;
      if (attempts < 3) throw new Error('not found');
      return undefined;
    },
  };
  await runPhases(runner, [{ name: 'root', tasks: [task] }]);
  deepEqual([attempts, rescued.length], [3, 2]);
});

test('a sequence prints as text', () => {
  equal(renderPhases([{ name: 'a', tasks: [{ name: 'b', onFailure: 'warn', run: () => undefined }, { name: 'c', onFailure: 'rescue', run: () => undefined }] }]), 'a: b (warn), c (rescue)\n');
});
