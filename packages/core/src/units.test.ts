import { equal, test } from '@drover/testing';
import { formatMs, formatRough, formatSize } from './units.ts';

test('sizes read as docker prints them', () => {
  equal(formatSize(0), '0B');
  equal(formatSize(999), '999B');
  equal(formatSize(1536), '1.536kB');
  equal(formatSize(77_812_345), '77.81MB');
});

test('durations read as docker prints them', () => {
  const table: readonly (readonly [number, string])[] = [
    [300, 'Less than a second'],
    [1000, '1 second'],
    [59_000, '59 seconds'],
    [60_000, 'About a minute'],
    [1_800_000, '30 minutes'],
    [3_600_000, 'About an hour'],
    [7_200_000, '2 hours'],
    [3 * 86_400_000, '3 days'],
    [21 * 86_400_000, '3 weeks'],
    [70 * 86_400_000, '2 months'],
  ];
  for (const [ms, expected] of table) equal(formatRough(ms), expected);
});

test('short durations keep what matters', () => {
  equal(formatMs(12.4), '12ms');
  equal(formatMs(3449), '3.4s');
  equal(formatMs(125_000), '2m05s');
});
