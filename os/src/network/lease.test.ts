import { FakeHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { LEASES, parseLeaseEvent, readLeases, recordLease } from './lease.ts';

test('a lease is what dhcpcd says of it, without what no server may say', () => {
  const event = (variables: Readonly<Record<string, string>>): unknown => parseLeaseEvent((name) => variables[name]);
  const bound = { interface: 'eth0', protocol: 'dhcp', reason: 'BOUND', if_up: 'true', ifmetric: '1002', new_domain_name_servers: '10.0.0.1 nonsense 10.0.0.2', new_domain_name: 'lan', new_host_name: 'box' };
  const lease = { link: 'eth0', protocol: 'dhcp', metric: 1002, nameservers: ['10.0.0.1', '10.0.0.2'], search: ['lan'] };
  deepEqual(event(bound), { what: 'held', lease: { ...lease, hostName: 'box' } });
  deepEqual(event({ ...bound, new_domain_search: 'a.example. b.example $(x)', new_host_name: 'a\nb' }), { what: 'held', lease: { ...lease, search: ['a.example', 'b.example'] } });
  deepEqual(event({ ...bound, skip_hooks: 'resolv.conf hostname' }), { what: 'held', lease: { ...lease, nameservers: [], search: [] } });
  deepEqual(event({ interface: 'eth0', protocol: 'ra', reason: 'ROUTERADVERT', nd1_rdnss1_servers: 'fe80::1%eth0', nd1_dnssl1_search: 'v6.example' }), { what: 'held', lease: { link: 'eth0', protocol: 'ra', metric: 0, nameservers: ['fe80::1%eth0'], search: ['v6.example'] } });
  deepEqual(event({ interface: 'eth0', protocol: 'dhcp', reason: 'EXPIRE', if_down: 'true', if_up: 'false' }), { what: 'lost', link: 'eth0', protocol: 'dhcp' });
  deepEqual(event({ interface: 'eth0', protocol: 'link', reason: 'NOCARRIER', if_down: 'true' }), { what: 'lost', link: 'eth0', protocol: undefined });
  for (const ignored of [{ ...bound, reason: 'STOPPED' }, { ...bound, interface: '../x' }, { ...bound, protocol: 'a/b' }, { interface: 'eth0', protocol: 'link', reason: 'CARRIER', if_up: 'true' }, { reason: 'BOUND' }]) equal(event(ignored), undefined);
});

test('leases are kept by link and protocol, the preferred link first, until they are lost', () => {
  const { files } = new FakeHost({ '/run/ros/x': '' });
  const hold = (link: string, protocol: string, metric: number): void => recordLease(files, { what: 'held', lease: { link, protocol, metric, nameservers: [], search: [] } });
  const held = (): string => readLeases(files).map(({ link, protocol }) => `${link} ${protocol}`).join(', ');
  equal(held(), '');
  hold('eth10', 'dhcp', 5);
  hold('eth2', 'dhcp', 5);
  hold('eth3', 'dhcp', 1);
  hold('eth2', 'ra', 5);
  equal(held(), 'eth3 dhcp, eth2 dhcp, eth2 ra, eth10 dhcp');
  files.write(`${LEASES}/eth9@dhcp.1.tmp`, ''); // a lease that is being written, or never was to its end
  equal(held(), 'eth3 dhcp, eth2 dhcp, eth2 ra, eth10 dhcp');
  recordLease(files, { what: 'lost', link: 'eth10', protocol: 'dhcp' });
  recordLease(files, { what: 'lost', link: 'eth2', protocol: undefined });
  equal(held(), 'eth3 dhcp');
});
