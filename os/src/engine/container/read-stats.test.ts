import { deepEqual, test } from '@drover/testing';
import { parseBlockIo, parseFlat, parseInterfaces } from './read-stats.ts';

test('files of a cgroup are read as the numbers they are', () => {
  deepEqual(parseFlat('usage_usec 12\nuser_usec 3\n'), { usage_usec: 12, user_usec: 3 });
  deepEqual(parseBlockIo('8:0 rbytes=10 wbytes=20 rios=1\n'), [{ major: 8, minor: 0, op: 'read', value: 10 }, { major: 8, minor: 0, op: 'write', value: 20 }]);
  deepEqual(parseBlockIo(''), null);
});

test('interfaces other than the loopback are counted', () => {
  const text = 'Inter-|   Receive\n face |bytes\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n  eth0: 100 2 3 4 0 0 0 0 500 6 7 8 0 0 0 0\n';
  deepEqual(parseInterfaces(text), { eth0: { rx_bytes: 100, rx_packets: 2, rx_errors: 3, rx_dropped: 4, tx_bytes: 500, tx_packets: 6, tx_errors: 7, tx_dropped: 8 } });
});
