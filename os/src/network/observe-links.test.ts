import { FakeHost } from '@drover/host';
import { deepEqual, test } from '@drover/testing';
import type { Address } from './links.ts';
import { observeLinks, parseAddresses } from './observe-links.ts';

test('addresses are read from what ip prints, with lifetimes and peers', () => {
  const text = `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet 10.0.2.15/24 brd 10.0.2.255 scope global dynamic noprefixroute eth0\\       valid_lft 119sec preferred_lft 104sec
2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever
9: ppp0    inet 10.9.0.1 peer 10.9.0.2/32 scope global ppp0\\       valid_lft forever
10: eth1.100    inet 169.254.3.4/16 scope link eth1.100\\       valid_lft forever
11: x    inet6 fe8::1/64 scope global \\       valid_lft forever
`;
  const one = (address: string, isDynamic = false, isLinkLocal = false): Address => ({ text: address, isDynamic, isLinkLocal });
  deepEqual(Object.fromEntries(parseAddresses(text)), {
    lo: [one('127.0.0.1/8')], eth0: [one('10.0.2.15/24', true), one('fe80::1/64', false, true)], ppp0: [one('10.9.0.1/32')], 'eth1.100': [one('169.254.3.4/16', false, true)], x: [one('fe8::1/64')],
  });
});

test('a link that goes away while it is looked at is not there', async () => {
  const link = (name: string, mtu: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries({ ifindex: '3\n', address: '52:54:00:12:34:56\n', flags: '0x1003\n', ...mtu }).map(([file, text]) => [`/sys/class/net/${name}/${file}`, text]));
  const host = new FakeHost({ ...link('eth0', { mtu: '1500\n' }), ...link('eth1', {}), '/sys/class/net/bonding_masters': '' });
  host.processes.programs['ip'] = () => ({ stdout: '3: eth0    inet 10.0.0.5/24 scope global eth0\\       valid_lft forever\n' });
  deepEqual(await observeLinks(host), [{ name: 'eth0', index: 3, mac: '52:54:00:12:34:56', isCard: false, master: undefined, addresses: [{ text: '10.0.0.5/24', isDynamic: false, isLinkLocal: false }], isUp: true, mtu: 1500 }]);
});
