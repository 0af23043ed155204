// The network service with a real DHCP server, dnsmasq, at the other end of the card.

import { openWorkspace } from '@drover/builder';
import { equal, match, ok } from '@drover/testing';
import { NetworkMachine } from '../network-machine.ts';
import type { NativeTest } from './native-test.ts';

const IPV4 = ['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0'];
const SERVER = ['interface=peer-eth0', 'dhcp-range=10.5.0.10,10.5.0.19,2m', 'dhcp-option=option:dns-server,10.5.0.1'];

function lacks(text: string, pattern: RegExp | string): void {
  ok(typeof pattern === 'string' ? !text.includes(pattern) : !pattern.test(text), `expected nothing like ${String(pattern)} in\n${text}`);
}

/** What `ros config set` is told, and where it shows. Bonds and VLANs need a kernel of the product. */
const KEYS: readonly (readonly [key: string, value: string, command: readonly string[], shows: RegExp])[] = [
  ['pre_cmds', '["touch /run/pre_cmds"]', ['ls', '/run'], /^pre_cmds$/m],
  ['post_cmds', '["touch /run/post_cmds"]', ['ls', '/run'], /^post_cmds$/m],
  ['interfaces.eth0.address', '10.5.0.40/24', IPV4, /inet 10\.5\.0\.40\/24 brd 10\.5\.0\.255/],
  ['interfaces.eth0.addresses', '["10.5.0.41/24", "fd00:5::41/64"]', ['ip', '-o', 'addr', 'show', 'dev', 'eth0'], /inet 10\.5\.0\.41\/24[^]*inet6 fd00:5::41\/64/],
  ['interfaces.eth0.gateway', '10.5.0.9', ['ip', 'route'], /^default via 10\.5\.0\.9 dev eth0/m],
  ['interfaces.eth0.gateway_ipv6', 'fd00:5::9', ['ip', '-6', 'route'], /^default via fd00:5::9 dev eth0/m],
  ['interfaces.eth0.pre_up', '["echo $iface >/run/pre_up"]', ['cat', '/run/pre_up'], /^eth0$/m],
  ['interfaces.eth0.post_up', '["ip addr show dev $iface >/run/post_up"]', ['cat', '/run/post_up'], /inet 10\.5\.0\.40\/24/],
  ['interfaces.other.match', 'eth1', ['ip', 'link'], /: eth1@/],
  ['interfaces.other.bridge', 'br0', ['ip', 'link'], /: eth1@.* master br0/],
  ['interfaces.br0.bridge', '"true"', ['ip', 'link'], /: br0: <[^>]*UP/],
  ['interfaces.br0.mtu', '1400', ['ip', 'link'], /: br0: .* mtu 1400/],
  ['interfaces.br0.dhcp', 'true', ['ip', '-4', '-o', 'addr', 'show', 'dev', 'br0'], /inet 10\.6\.0\.1\d\/24/],
  ['interfaces.br0.dhcp_args', 'dhcpcd -m 77', ['ip', 'route'], /dev br0 .*metric 77/],
  ['dhcp_timeout', '20', ['ls', '/run'], /^post_cmds$/m],
  ['dns.nameservers', '[10.9.9.9]', ['cat', '/etc/resolv.conf'], /# rancher\.network\.dns\nnameserver 10\.9\.9\.9\n/],
  ['dns.search', '[a.example]', ['cat', '/etc/resolv.conf'], /^search a\.example\b/m],
  ['dns.override', 'false', ['cat', '/etc/resolv.conf'], /nameserver 10\.9\.9\.9\n# DHCP on br0\nnameserver 10\.6\.0\.1\n/],
];

/** One card whose peer is 10.5.0.1, and nothing configured yet. */
function networkTest(title: string, run: (machine: NetworkMachine) => Promise<void>): NativeTest {
  return {
    title,
    async run() {
      const machine = await NetworkMachine.open(openWorkspace());
      try {
        await machine.addCard('eth0', '10.5.0.1/24');
        await run(machine);
      } finally {
        await machine.close();
      }
    },
  };
}

export const networkTests: readonly NativeTest[] = [
  networkTest('a DHCP server that answers late gives address, route, name servers with their origin, and the host name', async (machine) => {
    machine.configure('{}');
    machine.start();
    await machine.see('dhcpcd waits', ['ps'], /dhcpcd: \[manager\]/);
    await new Promise((resolve) => void setTimeout(resolve, 3000));
    equal(await machine.run(IPV4), '');
    machine.serveDhcp(...SERVER, 'dhcp-option=option:domain-search,a.example,b.example', 'dhcp-option=12,from-dhcp');
    await machine.see('the address comes', IPV4, /inet 10\.5\.0\.1\d\/24/);
    match(await machine.run(['ip', 'route']), /default via 10\.5\.0\.1 dev eth0 .*metric 10\d\d/);
    await machine.see('its name servers come', ['cat', '/etc/resolv.conf'], /# DHCP on eth0\nnameserver 10\.5\.0\.1\nsearch a\.example b\.example\n/);
    equal(await machine.run(['cat', '/proc/sys/kernel/hostname', '/etc/hosts']), 'from-dhcp\n127.0.0.1\tlocalhost\n127.0.1.1\tfrom-dhcp\n');
    lacks(await machine.stop(), /no such user|error/);
  }),

  networkTest('a cable that was out brings back the lease, or a new one when the server has changed its mind', async (machine) => {
    const first = machine.serveDhcp(...SERVER);
    machine.configure('{interfaces: {eth0: {dhcp: true}}, dns: {nameservers: [10.9.9.9], override: false}}');
    machine.start();
    const before = await machine.see('the address comes', IPV4, /inet 10\.5\.0\.1\d\/24/);
    machine.atPeer(['ip', 'link', 'set', 'peer-eth0', 'down']);
    await machine.see('the address of a lost cable goes', IPV4, /^$/);
    equal(await machine.run(['grep', '-v', '# Written', '/etc/resolv.conf']), '# rancher.network.dns\nnameserver 10.9.9.9\n');
    machine.atPeer(['ip', 'link', 'set', 'peer-eth0', 'up']);
    equal((await machine.see('the lease is back', IPV4, /inet 10\.5\.0\.1\d\/24/)).split(' brd')[0], before.split(' brd')[0]);
    machine.atPeer(['ip', 'link', 'set', 'peer-eth0', 'down']);
    await machine.see('the address of a lost cable goes', IPV4, /^$/);
    await first.stop();
    machine.atPeer(['ip', 'link', 'set', 'peer-eth0', 'up']);
    machine.serveDhcp('interface=peer-eth0', 'dhcp-range=10.5.0.50,10.5.0.59,2m', 'dhcp-option=option:dns-server,10.5.0.2');
    await machine.see('the new lease comes', IPV4, /inet 10\.5\.0\.5\d\/24/);
    lacks(await machine.run(IPV4), before.split(' ')[6]!);
    await machine.see('its name server comes', ['cat', '/etc/resolv.conf'], /# rancher\.network\.dns\nnameserver 10\.9\.9\.9\n# DHCP on eth0\nnameserver 10\.5\.0\.2\n/);
  }),

  networkTest('from DHCP to the same address by configuration and back, nothing of the other remains', async (machine) => {
    machine.serveDhcp('interface=peer-eth0', 'dhcp-range=10.5.0.10,10.5.0.10,2m', 'dhcp-option=option:dns-server,10.5.0.1');
    machine.configure('{}');
    machine.start();
    await machine.see('the address comes', IPV4, /inet 10\.5\.0\.10\/24 .* dynamic/);
    await machine.restart('{interfaces: {eth0: {address: 10.5.0.10/24, gateway: 10.5.0.1}}, dns: {nameservers: [10.9.9.9]}}');
    await machine.see('the address has no lifetime', IPV4, /inet 10\.5\.0\.10\/24 .*valid_lft forever/);
    await machine.see('the route is ours', ['ip', 'route'], /^default via 10\.5\.0\.1 dev eth0 *\n10\.5\.0\.0\/24 dev eth0 scope link +src 10\.5\.0\.10 *\n$/);
    equal(await machine.run(['cat', '/etc/resolv.conf']).then((text) => text.replace(/^# Written.*\n/, '')), '# rancher.network.dns\nnameserver 10.9.9.9\n');
    lacks(await machine.run(['ps']), 'dhcpcd');
    equal(await machine.restart('{}'), '');
    await machine.see('the address has a lifetime again', IPV4, /inet 10\.5\.0\.10\/24 .* dynamic/);
    await machine.see('the route is dhcpcd’s', ['ip', 'route'], /^default via 10\.5\.0\.1 dev eth0[^\n]*metric[^\n]*\n10\.5\.0\.0\/24 dev eth0[^\n]*metric[^\n]*\n$/);
  }),

  networkTest('a restart leaves the connections over what did not change', async (machine) => {
    machine.serveDhcp(...SERVER);
    machine.configure('{interfaces: {eth0: {dhcp: true, addresses: [10.5.0.77/24, 10.5.0.78/24]}}}');
    machine.start();
    await machine.see('the addresses are there', IPV4, /10\.5\.0\.77[^]*10\.5\.0\.78[^]*10\.5\.0\.1\d\/24/);
    const talk = machine.run(['sh', '-c', 'nc -l -p 99 </dev/null']);
    await new Promise((resolve) => void setTimeout(resolve, 300));
    machine.atPeer(['bash', '-c', '(exec 3<>/dev/tcp/10.5.0.77/99; echo begin >&3; sleep 3; echo later >&3) >/dev/null 2>&1 &']);
    await machine.restart('{interfaces: {eth0: {dhcp: true, addresses: [10.5.0.77/24]}}}');
    await machine.see('the address that is not configured any more goes', IPV4, /^(?![^]*10\.5\.0\.78)/);
    equal(await talk, 'begin\nlater\n');
    await machine.see('the lease is still there', IPV4, /10\.5\.0\.1\d\/24/);
  }),

  networkTest('each key acts when ros config set has set it and the service is started again, and no longer when it was cleared', async (machine) => {
    await machine.addCard('eth1', '10.6.0.1/24');
    machine.serveDhcp('interface=peer-eth1', 'dhcp-range=10.6.0.10,10.6.0.19,2m', 'dhcp-option=option:dns-server,10.6.0.1');
    machine.configure('{interfaces: {eth*: {dhcp: false}}}');
    machine.start();
    for (const [key, value] of KEYS) equal(await machine.run(['ros', 'config', 'set', `rancher.network.${key}`, value]), '');
    await machine.restart();
    for (const [key, value, command, shows] of KEYS) await machine.see(`${key}: ${value}`, command, shows);
    equal(await machine.run(['sh', '-c', 'rm /run/pre_* /run/post_*']), '');
    for (const [key] of KEYS) await machine.run(['ros', 'config', 'set', `rancher.network.${key}`, '']);
    const said = await machine.restart();
    lacks(said, /error|ended with|no such/);
    await machine.see('the bridge goes', ['ip', 'link'], /^(?![^]*: br0: )/);
    await machine.see('the addresses go', IPV4, /^$/);
    await machine.see('the name servers go', ['cat', '/etc/resolv.conf'], /^(?![^]*10\.(?:9|6)\.)/);
    equal(await machine.run(['sh', '-c', 'ip route; ip -6 route | grep default; ls /run | grep -c "^p"']), '0\n');
  }),

  networkTest('ipv4ll gives a link-local address and asks no DHCP server', async (machine) => {
    machine.serveDhcp(...SERVER);
    machine.configure('{interfaces: {eth0: {ipv4ll: true}}}');
    machine.start();
    await machine.see('the address comes', IPV4, /^[^\n]*inet 169\.254\.\d+\.\d+\/16[^\n]*\n$/);
  }),

  networkTest('IPv6: an address and a name server by a router’s announcement', async (machine) => {
    machine.atPeer(['ip', 'addr', 'add', 'fd00:5::1/64', 'dev', 'peer-eth0', 'nodad']);
    machine.serveDhcp('interface=peer-eth0', 'enable-ra', 'dhcp-range=fd00:5::,ra-only,64,10m', 'dhcp-option=option6:dns-server,[fd00:5::1]');
    machine.configure('{}');
    machine.start();
    await machine.see('the address comes', ['ip', '-6', '-o', 'addr', 'show', 'dev', 'eth0'], /inet6 fd00:5:/);
    await machine.see('the route comes', ['ip', '-6', 'route'], /default via fe80:\S+ dev eth0/);
    await machine.see('the name server comes', ['cat', '/etc/resolv.conf'], /# router announcement on eth0\nnameserver fd00:5::1\n/);
  }),
];
