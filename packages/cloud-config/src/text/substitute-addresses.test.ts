import { deepEqual, equal, test } from '@drover/testing';
import type { Addresses } from './substitute-addresses.ts';
import { completeAddresses, substituteAddresses } from './substitute-addresses.ts';

const ALL: Addresses = { publicIpv4: '192.0.2.3', privateIpv4: '192.0.2.203', publicIpv6: 'fe00:1234::', privateIpv6: 'fe00:5678::' };

test('addresses stand in for their names, an unknown one is empty, and a backslash keeps the name', () => {
  const table: readonly (readonly [text: string, addresses: Addresses, result: string])[] = [
    ['$public_ipv4 $private_ipv4 $public_ipv6 $private_ipv6', ALL, '192.0.2.3 192.0.2.203 fe00:1234:: fe00:5678::'],
    ['[$public_ipv4]', {}, '[]'],
    ['\\$private_ipv4', ALL, '$private_ipv4'],
    ['\\\\$private_ipv4', ALL, '\\$private_ipv4'],
    ['a$private_ipv4b $private_ipv44 $$private_ipv4', ALL, 'a192.0.2.203b 192.0.2.2034 $192.0.2.203'],
    ['$PRIVATE_IPV4 ${private_ipv4} private_ipv4 $private_ipv5', ALL, '$PRIVATE_IPV4 ${private_ipv4} private_ipv4 $private_ipv5'],
    ['x: "$private_ipv4"', { privateIpv4: 'a"\nb: c' }, 'x: ""'],
    ['no name', ALL, 'no name'],
  ];
  for (const [text, addresses, result] of table) equal(substituteAddresses(text, addresses), result);
});

test('what metadata leaves open comes from kernel words', () => {
  const words = ['quiet', 'COREOS_PUBLIC_IPV4=1.2.3.4', 'COREOS_PRIVATE_IPV4=5.6.7.8', 'XCOREOS_PUBLIC_IPV6=::1'];
  deepEqual(completeAddresses({ privateIpv4: '10.0.0.1' }, words), { publicIpv4: '1.2.3.4', privateIpv4: '10.0.0.1' });
  deepEqual(completeAddresses({}, []), {});
});
