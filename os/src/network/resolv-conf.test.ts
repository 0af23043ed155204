import { deepEqual, test } from '@drover/testing';
import type { Lease } from './lease.ts';
import type { DnsSources } from './resolv-conf.ts';
import { renderResolvConf } from './resolv-conf.ts';

const LEASES: readonly Lease[] = [
  { link: 'eth0', protocol: 'dhcp', metric: 1002, nameservers: ['10.0.0.1', '10.0.0.2'], search: ['lan'] },
  { link: 'eth0', protocol: 'ra', metric: 1002, nameservers: ['fd00::1', '10.0.0.1'], search: [] },
];

function lines(sources: Partial<DnsSources>): string[] {
  return renderResolvConf({ configured: { nameservers: [], search: [] }, defaults: { nameservers: ['8.8.8.8'], search: [] }, isComplete: true, leases: LEASES, ...sources }).trimEnd().split('\n').slice(1);
}

test('each entry of resolv.conf stands below where it comes from, once', () => {
  deepEqual(lines({}), ['# DHCP on eth0', 'nameserver 10.0.0.1', 'nameserver 10.0.0.2', '# router announcement on eth0', 'nameserver fd00::1', '# DHCP on eth0', 'search lan']);
});

test('configured entries win over those of DHCP, servers and domains each by themselves, and with override: false come first', () => {
  deepEqual(lines({ configured: { nameservers: ['1.1.1.1'], search: [] } }), ['# rancher.network.dns', 'nameserver 1.1.1.1', '# DHCP on eth0', 'search lan']);
  deepEqual(lines({ configured: { nameservers: ['1.1.1.1'], search: ['a.example'] } }), ['# rancher.network.dns', 'nameserver 1.1.1.1', 'search a.example']);
  deepEqual(lines({ configured: { nameservers: ['10.0.0.2'], search: ['a.example'], override: false }, leases: LEASES.slice(0, 1) }), ['# rancher.network.dns', 'nameserver 10.0.0.2', '# DHCP on eth0', 'nameserver 10.0.0.1', '# rancher.network.dns, DHCP on eth0', 'search a.example lan']);
});

test('the defaults are the last resort, once DHCP has had its say', () => {
  deepEqual(lines({ leases: [] }), ['# rancher.defaults.network.dns', 'nameserver 8.8.8.8']);
  deepEqual(lines({ leases: [], isComplete: false }), []);
});
