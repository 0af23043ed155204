import type { Health, HealthConfig, HealthResult } from '@drover/docker-api';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { checkHealthConfig, judgeResult, mergeHealthConfig, planHealthCheck, planWait, startingHealth } from './health-check.ts';
import { renderGoDuration } from './run-health-check.ts';

const SECOND = 1_000_000_000;

function result(exitCode: number): HealthResult {
  return { Start: '', End: '', ExitCode: exitCode, Output: `${exitCode}` };
}

test('the command of a health check is run as it is, or by the shell of the image, and what is not said has the numbers of moby', () => {
  const { command, ...numbers } = planHealthCheck({ Healthcheck: { Test: ['CMD', 'ping', '-c1'] } })!;
  deepEqual([command, numbers], [['ping', '-c1'], { intervalMs: 30_000, timeoutMs: 30_000, startPeriodMs: 0, startIntervalMs: 5000, retries: 3 }]);
  deepEqual(planHealthCheck({ Healthcheck: { Test: ['CMD-SHELL', 'a || b'], Interval: 2 * SECOND, Retries: 1 }, Shell: ['/bin/ash', '-ec'] }), {
    command: ['/bin/ash', '-ec', 'a || b'], intervalMs: 2000, timeoutMs: 30_000, startPeriodMs: 0, startIntervalMs: 5000, retries: 1,
  });
  for (const none of [undefined, [], ['NONE'], ['WHAT', 'x']]) equal(planHealthCheck({ ...(none && { Healthcheck: { Test: none } }) }), undefined);
});

test('what a user says of a health check goes before what the image says, word by word', () => {
  const image: HealthConfig = { Test: ['CMD', 'a'], Interval: SECOND, Retries: 5 };
  deepEqual(mergeHealthConfig({ Test: [], Interval: 0, Timeout: 7 * SECOND, Retries: 2 }, image), { Test: ['CMD', 'a'], Interval: SECOND, Timeout: 7 * SECOND, Retries: 2 });
  deepEqual(mergeHealthConfig({ Test: ['NONE'] }, image), { Test: ['NONE'], Interval: SECOND, Retries: 5 });
  deepEqual([mergeHealthConfig(undefined, image), mergeHealthConfig(null, null)], [image, undefined]);
});

test('times below a millisecond and fewer retries than none are refused in the words of moby', async () => {
  const table: readonly (readonly [HealthConfig, string])[] = [
    [{ Interval: 999_999 }, 'Interval in Healthcheck cannot be less than 1ms'],
    [{ Timeout: -1 }, 'Timeout in Healthcheck cannot be less than 1ms'],
    [{ StartPeriod: 1 }, 'StartPeriod in Healthcheck cannot be less than 1ms'],
    [{ StartInterval: 1 }, 'StartInterval in Healthcheck cannot be less than 1ms'],
    [{ Retries: -1 }, 'Retries in Healthcheck cannot be negative'],
  ];
  for (const [config, message] of table) equal((await rejects(() => checkHealthConfig(config), 'invalid-parameter')).message, message);
  checkHealthConfig({ Interval: 1_000_000, Timeout: 0 });
});

test('a container is healthy after one success and unhealthy after so many failures in a row, of which those of the start period are none', () => {
  const check = planHealthCheck({ Healthcheck: { Test: ['CMD', 'x'], Retries: 2, StartPeriod: 10 * SECOND, Interval: 60 * SECOND } })!;
  const story: readonly (readonly [exitCode: number, ranMs: number, expected: string])[] = [
    [1, 1000, 'starting 0'], [1, 9999, 'starting 0'], [1, 10_000, 'starting 1'], [0, 11_000, 'healthy 0'], [7, 12_000, 'healthy 1'], [0, 13_000, 'healthy 0'],
    [-1, 14_000, 'healthy 1'], [1, 15_000, 'unhealthy 2'], [1, 16_000, 'unhealthy 3'], [0, 17_000, 'healthy 0'],
  ];
  let health: Health = startingHealth(undefined);
  for (const [exitCode, ranMs, expected] of story) {
    health = judgeResult(health, result(exitCode), check, ranMs);
    equal(`${health.Status} ${health.FailingStreak}`, expected);
  }
  equal(health.Log.map(({ Output }) => Output).join(' '), '0 -1 1 1 0');
  deepEqual(startingHealth(health), { Status: 'starting', FailingStreak: 0, Log: health.Log });
  // After a success in the start period, failures count, and checks are as far apart as ever.
  const early = judgeResult(startingHealth(undefined), result(0), check, 1000);
  equal(judgeResult(early, result(1), check, 2000).FailingStreak, 1);
  deepEqual([planWait(startingHealth(undefined), check, 9999), planWait(startingHealth(undefined), check, 10_000), planWait(early, check, 2000)], [5000, 60_000, 60_000]);
});

test('durations are printed as Go prints them', () => {
  const table: Readonly<Record<string, number>> = { '500ms': 500, '1s': 1000, '1.5s': 1500, '30s': 30_000, '1m0s': 60_000, '1m30s': 90_000, '1h0m0s': 3_600_000 };
  for (const [text, ms] of Object.entries(table)) equal(renderGoDuration(ms), text);
});
