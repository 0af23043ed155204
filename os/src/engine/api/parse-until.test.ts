import { equal, rejects, test } from '@drover/testing';
import { parseUntil } from './parse-until.ts';

test('until is a time or how long ago, and nothing else', async () => {
  equal(parseUntil(undefined, 1000), Number.POSITIVE_INFINITY);
  equal(parseUntil(['1h30m'], 10_000_000), 10_000_000 - 5_400_000);
  equal(parseUntil(['1700000000'], 0), 1_700_000_000_000);
  equal(parseUntil(['2023-11-14T22:13:20Z'], 0), 1_700_000_000_000);
  await rejects(() => parseUntil(['yesterday'], 0), 'invalid-parameter');
});
