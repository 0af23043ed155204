import { deepEqual, equal, test } from '@drover/testing';
import { isInSubnet, parseIpAddress } from './ip-address.ts';

test('addresses of both families are read, and nothing else', () => {
  deepEqual(parseIpAddress('10.0.2.15'), Uint8Array.of(10, 0, 2, 15));
  const v6 = (...head: readonly number[]): number[] => [...head, ...Array.from({ length: 16 - head.length }, () => 0)];
  deepEqual([...(parseIpAddress('fd00:12::') ?? [])], v6(0xfd, 0, 0, 0x12));
  deepEqual([...(parseIpAddress('::1') ?? [])], [...v6().slice(1), 1]);
  deepEqual([...(parseIpAddress('::ffff:1.2.3.4') ?? [])], [...v6().slice(6), 255, 255, 1, 2, 3, 4]);
  for (const text of ['', '1.2.3', '1.2.3.256', 'a.b.c.d', '1:2', '1::2::3', '1:2:3:4:5:6:7::8', '::g', 'fe80::1%eth0', '::1.2.3']) equal(parseIpAddress(text), undefined);
});

test('an address is in a subnet when the first bits are the same', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['10.0.2.2', '10.0.2.15/24', true], ['10.0.3.2', '10.0.2.15/24', false], ['10.0.3.2', '10.0.2.15/23', true], ['10.0.2.14', '10.0.2.15/31', true],
    ['10.0.2.14', '10.0.2.15/32', false], ['1.1.1.1', '0.0.0.0/0', true], ['fd00::1', 'fd00::99/64', true], ['fd00:0:0:1::1', 'fd00::99/64', false],
    ['10.0.0.1', 'fd00::/8', false], ['10.0.0.1', '10.0.0.0', false], ['10.0.0.1', '10.0.0.0/33', false], ['host', '10.0.0.0/8', false],
  ];
  deepEqual(rows.filter(([address, subnet, expected]) => isInSubnet(address, subnet) !== expected), []);
});
