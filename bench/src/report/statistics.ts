// Of several runs, the middle one: timings on a shared machine are noisy upwards.

import { RosError } from '@drover/core';

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RosError('bench', 'there is nothing to take the median of');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
