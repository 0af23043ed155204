import type { Kernel, SystemHost } from '@drover/host';
import { FakeHost } from '@drover/host';
import { equal, test } from '@drover/testing';
import { main } from './dhcp-event.ts';

const STATE = { dns: { nameservers: [], search: [] }, defaultDns: { nameservers: [], search: [] }, hasHostName: false, asksDhcp: true, applied: { made: {}, links: {} } };
const BOUND = { interface: 'eth0', protocol: 'dhcp', reason: 'BOUND', if_up: 'true', ifmetric: '1002', new_domain_name_servers: '10.0.0.1', new_host_name: 'from-dhcp' };

/** Name and resolver of a machine that is called `before`, after a lease. */
async function lease(hostname?: string): Promise<string> {
  let name = 'before';
  const kernel = { hostName: () => name, setHostName: (given: string) => void (name = given), tryLock: () => ({ release: () => undefined }) } as unknown as Kernel;
  const host = Object.assign(new FakeHost({ '/run/ros/network.json': JSON.stringify(STATE), '/run/ros/config.json': JSON.stringify({ hostname }), '/etc/hostname': '' }), { kernel });
  Object.assign(host.processes.variables, BOUND);
  await main({ host: host as unknown as SystemHost, name: 'dhcpcd-run-hooks', args: [], terminal: { out: () => undefined, err: () => undefined } });
  return `${name}, ${/nameserver .*/.exec(host.files.readText('/etc/resolv.conf'))?.[0] ?? ''}`;
}

test('the name of the DHCP server counts unless the configuration has one, also one that came after the network was up', async () => {
  equal(await lease(), 'from-dhcp, nameserver 10.0.0.1');
  equal(await lease('from-metadata'), 'before, nameserver 10.0.0.1');
});
