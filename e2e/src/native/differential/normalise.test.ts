import { equal, test } from '@drover/testing';
import { normalise } from './normalise.ts';

test('ids, times and column widths are replaced by their kind, and nothing else is', () => {
  equal(normalise(`${'ab12'.repeat(16)} 0123456789ab  123456789012   busybox`), '<id> <short id>  <short id>  busybox');
  equal(normalise('Up 3 seconds   Exited (1) Less than a second ago'), 'Up <a while>  Exited (1) <a while> ago');
  equal(normalise('at 2026-11-22T10:00:00.123456789Z in /var/lib/docker/data/volumes/a and /var/lib/system-docker/volumes/a'), 'at <time> in <data-root>/volumes/a and <data-root>/volumes/a');
  equal(normalise('exit code 137, 64m, deadbeef'), 'exit code 137, 64m, deadbeef');
});
