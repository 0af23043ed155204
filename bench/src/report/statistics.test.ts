import { equal, rejects, test } from '@drover/testing';
import { median } from './statistics.ts';

test('the median is the middle value, or the mean of the two in the middle', () => {
  equal(median([9, 1, 5]), 5);
  equal(median([4, 1, 2, 9]), 3);
  equal(median([7]), 7);
});

test('the median of nothing is an error', async () => {
  await rejects(() => median([]), 'bench');
});
