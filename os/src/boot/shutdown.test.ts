import { deepEqual, test } from '@drover/testing';
import { planStopOrder } from './shutdown.ts';

test('services stop against their start order, and what nobody knows stops first', () => {
  deepEqual(planStopOrder(['udev', 'syslog', 'network', 'ntp', 'console', 'mine']), [['mine'], ['ntp'], ['console'], ['network'], ['syslog', 'udev']]);
  deepEqual(planStopOrder(['console']), [['console']]);
  deepEqual(planStopOrder([]), []);
});
