import type { RestartPolicy } from '@drover/docker-api';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import type { ExitFacts } from './restart-policy.ts';
import { checkRestartPolicy, planRestart } from './restart-policy.ts';

const EXIT: ExitFacts = { exitCode: 1, ranMs: 50, manuallyStopped: false, restartCount: 0, lastDelayMs: 0 };

test('each policy restarts after what it is meant for', () => {
  const cases: readonly (readonly [RestartPolicy | undefined, Partial<ExitFacts>, boolean])[] = [
    [undefined, {}, false],
    [{ Name: '' }, {}, false],
    [{ Name: 'no' }, {}, false],
    [{ Name: 'always' }, { exitCode: 0 }, true],
    [{ Name: 'always' }, { manuallyStopped: true }, false],
    [{ Name: 'unless-stopped' }, {}, true],
    [{ Name: 'unless-stopped' }, { manuallyStopped: true }, false],
    [{ Name: 'on-failure' }, {}, true],
    [{ Name: 'on-failure' }, { exitCode: 0 }, false],
    [{ Name: 'on-failure', MaximumRetryCount: 2 }, { restartCount: 1 }, true],
    [{ Name: 'on-failure', MaximumRetryCount: 2 }, { restartCount: 2 }, false],
  ];
  for (const [policy, exit, expected] of cases) equal(planRestart(policy, { ...EXIT, ...exit }) !== undefined, expected);
});

test('the delay doubles up to a minute and starts anew after ten seconds of running', () => {
  const delays: number[] = [];
  let lastDelayMs = 0;
  for (let i = 0; i < 12; i += 1) delays.push((lastDelayMs = planRestart({ Name: 'always' }, { ...EXIT, lastDelayMs })!));
  deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000]);
  equal(planRestart({ Name: 'always' }, { ...EXIT, lastDelayMs: 51200, ranMs: 10_000 }), 100);
});

test('a policy that makes no sense is refused', async () => {
  checkRestartPolicy({ Name: 'on-failure', MaximumRetryCount: 3 });
  await rejects(() => checkRestartPolicy({ Name: 'sometimes' as never }), 'invalid-parameter');
  await rejects(() => checkRestartPolicy({ Name: 'always', MaximumRetryCount: 3 }), 'invalid-parameter');
  await rejects(() => checkRestartPolicy({ Name: 'on-failure', MaximumRetryCount: -1 }), 'invalid-parameter');
});
