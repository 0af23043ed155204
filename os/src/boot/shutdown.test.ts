import { deepEqual, test } from '@drover/testing';
import { parseMounts, planStopOrder } from './shutdown.ts';

test('services stop against their start order, and what nobody knows stops first', () => {
  deepEqual(planStopOrder(['udev', 'syslog', 'network', 'ntp', 'console', 'mine']), [['mine'], ['ntp'], ['console'], ['network'], ['syslog', 'udev']]);
  deepEqual(planStopOrder(['console']), [['console']]);
  deepEqual(planStopOrder([]), []);
});

test('the mounts of the kernel are read with the names as they are', () => {
  deepEqual(parseMounts('tmpfs / tmpfs rw 0 0\ns:/a\\040b /mnt/two\\040words\\134 nfs4 rw 0 0\n'), [
    { source: 'tmpfs', target: '/', type: 'tmpfs' },
    { source: 's:/a b', target: '/mnt/two words\\', type: 'nfs4' },
  ]);
});
