import { resolveConfiguration } from '@drover/cloud-config';
import { parseCloudConfig } from '@drover/cloud-config/yaml';
import { deepEqual, equal, test } from '@drover/testing';
import { chooseEntry } from './choose-entry.ts';
import type { Address, Link } from './links.ts';
import { compareLinkNames } from './links.ts';
import type { Applied } from './network-step.ts';
import { NOTHING_APPLIED } from './network-step.ts';
import { renderDhcpcdConf } from './plan-dhcp.ts';
import type { NetworkPlan, Occasion } from './plan-network.ts';
import { planEnd, planNetwork } from './plan-network.ts';

function read(network: string) {
  return resolveConfiguration([parseCloudConfig(`rancher: {network: ${network}}`, 'f')]).config.rancher.network;
}

function card(number: number, more: Partial<Link> = {}): Link {
  return { name: `eth${number}`, index: number + 2, mac: `52:54:00:12:34:5${number}`, isCard: true, isUp: false, mtu: 1500, master: undefined, addresses: [], ...more };
}

function made(name: string, index: number, more: Partial<Link> = {}): Link {
  return { name, index, mac: '52:54:00:12:34:50', isCard: false, isUp: true, mtu: 1500, master: undefined, addresses: [], ...more };
}

function address(text: string, isDynamic = false): Address {
  return { text, isDynamic, isLinkLocal: /^(?:fe80|169\.254)/.test(text) };
}

const CARDS: readonly Link[] = [card(0), card(1)];

function plan(network: string, links = CARDS, applied: Applied = NOTHING_APPLIED, occasion: Occasion = 'all'): NetworkPlan {
  return planNetwork(read(network), links, applied, occasion);
}

function printed({ steps }: NetworkPlan): string[] {
  return steps.map(({ argv, kind }) => `${kind === 'attempt' ? '- ' : ''}${argv.join(' ')}`);
}

/** What is known after `before` has been applied to `links`. */
function after(before: NetworkPlan, links: readonly Link[]): Applied {
  return { made: before.made, links: Object.fromEntries(Object.entries(before.links).map(([name, link]) => [name, { ...link, index: links.find((one) => one.name === name)?.index ?? 0 }])) };
}

test('without any entry there is nothing to do, and dhcpcd looks after every card', () => {
  const found = plan('{}');
  deepEqual([found.steps, found.missing], [[], []]);
  equal(renderDhcpcdConf('allowinterfaces eth*\ndenyinterfaces veth*\nnoarp\n', found.dhcp), 'allowinterfaces eth*\ndenyinterfaces veth*\nnoarp\n');
});

test('an address, its gateway, the size of packets and what runs before and after', () => {
  const network = '{pre_cmds: [modprobe  x], interfaces: {eth0: {address: 10.0.0.5/24, addresses: ["fd00::5/64", 10.0.0.6], gateway: 10.0.0.1, gateway_ipv6: "fd00::1", mtu: 1400, pre_up: ["echo $iface"], post_up: ["true"]}}, post_cmds: [sync]}';
  const found = plan(network);
  deepEqual(printed(found), [
    'modprobe x',
    '/bin/sh -c echo eth0',
    'ip link set dev eth0 mtu 1400',
    'ip addr replace 10.0.0.5/24 brd + dev eth0',
    'ip addr replace fd00::5/64 dev eth0',
    'ip addr replace 10.0.0.6/32 dev eth0',
    'ip link set dev eth0 up',
    'ip route replace default via 10.0.0.1 dev eth0',
    'ip -6 route replace default via fd00::1 dev eth0',
    '/bin/sh -c true',
  ]);
  deepEqual(planEnd(read(network)).map(({ argv }) => argv), [['sync']]);
});

test('commands are in the order of RancherOS: all before, each card by its number, and none for lo', () => {
  const links = [made('lo', 1), card(9), card(10), card(2)];
  const each = (name: string): string => `${name}: {dhcp: true, pre_up: [pre], post_up: [post $iface]}`;
  deepEqual(printed(plan(`{pre_cmds: [first], interfaces: {lo: {address: 127.0.0.1/8, pre_up: [never], post_up: [never]}, ${['eth10', 'eth2', 'eth9'].map(each).join(', ')}}}`, links)), [
    'first',
    '/bin/sh -c pre', '/bin/sh -c post eth2', '/bin/sh -c pre', '/bin/sh -c post eth9', '/bin/sh -c pre', '/bin/sh -c post eth10',
    'ip addr replace 127.0.0.1/8 brd + dev lo',
  ]);
});

test('commands are split into words as a shell would, and run without one', () => {
  const found = plan(`{pre_cmds: ["sh -c 'sleep 1; echo \\"$0\\"'", " ", "echo 'open"]}`);
  deepEqual(found.steps.map(({ argv }) => argv), [['sh', '-c', 'sleep 1; echo "$0"'], ["echo 'open"]]);
});

test('bonds, bridges and VLANs are made in the order in which they need each other', () => {
  const text = '{interfaces: {eth*: {bond: bond0}, bond0: {bond_opts: {downdelay: 200, miimon: 100, mode: active-backup}, vlans: "100,200:store", dhcp: true}, store: {bridge: br0}, br0: {bridge: "true", address: 10.0.0.1/24, vlans: 7}, br0.7: {bridge: br1}}}';
  deepEqual(printed(plan(text)), [
    'ip link add name bond0 type bond',
    '/bin/sh -c echo "$2" >"$1" sh /sys/class/net/bond0/bonding/mode active-backup',
    '/bin/sh -c echo "$2" >"$1" sh /sys/class/net/bond0/bonding/miimon 100',
    '/bin/sh -c echo "$2" >"$1" sh /sys/class/net/bond0/bonding/downdelay 200',
    'ip link add name br0 type bridge',
    'ip link add name br1 type bridge',
    'ip link add link bond0 name bond0.100 type vlan id 100',
    'ip link add link bond0 name store type vlan id 200',
    'ip link add link br0 name br0.7 type vlan id 7',
    'ip link set dev eth0 down',
    'ip link set dev eth0 master bond0',
    'ip link set dev eth0 up',
    'ip link set dev eth1 down',
    'ip link set dev eth1 master bond0',
    'ip link set dev eth1 up',
    'ip addr replace 10.0.0.1/24 brd + dev br0',
    'ip link set dev br0 up',
    'ip link set dev store master br0',
    'ip link set dev store up',
    'ip link set dev br0.7 master br1',
    'ip link set dev br0.7 up',
  ]);
  equal(plan(text).missing.length, 0);
});

test('what is as it should be gets no step, and a bond with other options is made anew with all that is on it', () => {
  const text = (mode: string): string => `{interfaces: {eth*: {bond: bond0}, bond0: {bond_opts: {mode: ${mode}}, vlans: 100, address: 10.0.0.1/24, mtu: 1450}, bond0.100: {address: 10.1.0.1/24, gateway: 10.1.0.2}}}`;
  const links = [
    card(0, { isUp: true, master: 'bond0' }), card(1, { isUp: true, master: 'bond0' }),
    made('bond0', 9, { mtu: 1450, addresses: [address('10.0.0.1/24'), address('fe80::1/64')] }), made('bond0.100', 10, { addresses: [address('10.1.0.1/24')] }),
  ];
  const applied = after(plan(text('1')), links);
  deepEqual(printed(plan(text('1'), links, applied)), ['ip route replace default via 10.1.0.2 dev bond0.100']);
  deepEqual(printed(plan(text('4'), links, applied)).slice(0, 7), [
    '- ip link del dev bond0',
    '- ip link del dev bond0.100',
    'ip link add name bond0 type bond',
    '/bin/sh -c echo "$2" >"$1" sh /sys/class/net/bond0/bonding/mode 4',
    'ip link add link bond0 name bond0.100 type vlan id 100',
    'ip link set dev eth0 down',
    'ip link set dev eth0 master bond0',
  ]);
  deepEqual(printed(plan('{interfaces: {eth*: {dhcp: true}}}', links, applied)), ['- ip link del dev bond0', '- ip link del dev bond0.100']);
});

test('an address that is not configured any more goes, after those that are new; the kernel’s own stay', () => {
  const now = [card(0, { isUp: true, addresses: ['10.0.0.5/24', '10.0.0.6/24', '169.254.1.1/16', 'fe80::1/64', 'fd00::5/64'].map((text) => address(text)).concat(address('2001:db8::1/64', true)) })];
  const before = after(plan('{interfaces: {eth0: {address: 10.0.0.5/24, addresses: [10.0.0.6/24], gateway: 10.0.0.1}}}', [card(0)]), now);
  deepEqual(printed(plan('{interfaces: {eth0: {address: 10.0.0.6/24, addresses: [10.0.0.7/24], gateway: 10.0.0.2}}}', now, before)), [
    'ip addr replace 10.0.0.7/24 brd + dev eth0',
    '- ip addr del 10.0.0.5/24 dev eth0',
    '- ip addr del 169.254.1.1/16 dev eth0',
    '- ip addr del fd00::5/64 dev eth0',
    '- ip route del default via 10.0.0.1 dev eth0',
    'ip route replace default via 10.0.0.2 dev eth0',
  ]);
  deepEqual(printed(plan('{interfaces: {eth0: {dhcp: true}}}', now, before)), ['- ip addr del 10.0.0.5/24 dev eth0', '- ip addr del 10.0.0.6/24 dev eth0', '- ip route del default via 10.0.0.1 dev eth0']);
});

test('a size of packets that is not configured any more is what it was before', () => {
  const now = [card(0, { isUp: true, mtu: 1400 })];
  const first = after(plan('{interfaces: {eth0: {mtu: 1450}}}', [card(0)]), now);
  const second = after(plan('{interfaces: {eth0: {mtu: 1400}}}', [card(0, { mtu: 1450 })], first), now);
  deepEqual(printed(plan('{interfaces: {eth0: {dhcp: false}}}', now, second)), ['ip link set dev eth0 mtu 1500']);
  const anew = plan('{interfaces: {eth*: {bond: bond0}, bond0: {bond_opts: {mode: 1}, mtu: 1400}}}');
  const bonded = [card(0, { isUp: true, master: 'bond0' }), card(1, { isUp: true, master: 'bond0' }), { ...card(7), name: 'bond0', isCard: false, isUp: true, mtu: 1400 }];
  deepEqual(printed(plan('{interfaces: {eth*: {bond: bond0}, bond0: {bond_opts: {mode: 1}}}}', bonded, after(anew, bonded))), []);
});

test('a card that leaves DHCP loses its lease, and one that leaves a bridge is free', () => {
  const now = [card(0, { isUp: true, addresses: [address('10.0.0.9/24', true), address('2001:db8::1/64', true), address('fe80::1/64')] }), card(1, { isUp: true, master: 'br0' }), made('br0', 5)];
  const before = after(plan('{interfaces: {eth0: {dhcp: true}, eth1: {bridge: br0}, br0: {bridge: true}}}'), now);
  deepEqual(printed(plan('{interfaces: {eth0: {address: 10.0.0.9/24}, eth1: {address: 10.1.0.1/24}, br0: {bridge: true}}}', now, before)), [
    '- ip addr del 10.0.0.9/24 dev eth0',
    '- ip addr del 2001:db8::1/64 dev eth0',
    '- ip route flush proto 16 dev eth0',
    '- ip -6 route flush proto 9 dev eth0',
    'ip addr replace 10.0.0.9/24 brd + dev eth0',
    'ip link set dev eth1 nomaster',
    'ip addr replace 10.1.0.1/24 brd + dev eth1',
  ]);
});

test('what an entry did is undone when the entry is gone', () => {
  const now = [made('wg0', 7, { addresses: [address('10.0.0.5/24'), address('10.0.0.9/24')] })];
  const before = after(plan('{interfaces: {wg0: {address: 10.0.0.5/24, gateway: 10.0.0.1}}}', now), now);
  deepEqual(printed(plan('{}', now, before)), ['- ip addr del 10.0.0.5/24 dev wg0', '- ip route del default via 10.0.0.1 dev wg0']);
});

test('a link that comes later is configured with its commands, and the others are left alone', () => {
  const text = '{pre_cmds: [first], interfaces: {eth*: {address: 10.0.0.5/24, post_up: [echo $iface]}, eth1: {vlans: 7}, eth1.7: {address: 10.7.0.1/24}}}';
  const first = plan(text, [card(0)]);
  const now = [card(0, { isUp: true, addresses: [address('192.168.0.1/24')] }), card(1)];
  const late = plan(text, now, after(first, now), 'new links');
  deepEqual(printed(late), ['ip link add link eth1 name eth1.7 type vlan id 7', 'ip link set dev eth1 up', 'ip addr replace 10.7.0.1/24 brd + dev eth1.7', 'ip link set dev eth1.7 up']);
  const again = [card(0, { index: 30 })];
  deepEqual(printed(plan(text, again, after(first, [card(0)]), 'new links')), ['ip addr replace 10.0.0.5/24 brd + dev eth0', 'ip link set dev eth0 up', '/bin/sh -c echo eth0']);
});

test('a gateway outside the subnets of its link is on the link all the same, and a second default route counts less', () => {
  deepEqual(printed(plan('{interfaces: {eth0: {address: 10.0.0.5/32, gateway: 10.0.0.1}, eth1: {address: 10.1.0.5/24, gateway: 10.1.0.1, gateway_ipv6: "fe80::1"}}}')).filter((line) => line.includes('route')), [
    'ip route replace default via 10.0.0.1 dev eth0 onlink',
    'ip route replace default via 10.1.0.1 dev eth1 metric 1',
    'ip -6 route replace default via fe80::1 dev eth1',
  ]);
});

test('the address of a card counts more than its name, its name more than a pattern, and a longer pattern more than a shorter one', () => {
  const choose = (interfaces: string, links: readonly Pick<Link, 'name' | 'mac' | 'isCard'>[] = CARDS): (number | undefined)[] => links.map((link) => chooseEntry(read(`{interfaces: ${interfaces}}`).interfaces, link)?.mtu);
  deepEqual(choose('{eth*: {mtu: 1}, eth1: {mtu: 2}, "mac=52:54:00:12:34:5*": {mtu: 3}, x: {match: eth0, mtu: 4}}'), [3, 3]);
  deepEqual(choose('{eth*: {mtu: 1}, eth1: {mtu: 2}, x: {match: eth0, mtu: 4}}'), [4, 2]);
  deepEqual(choose('{"mac=52:54:*": {mtu: 1}, "mac:52:54:00:12:34:51": {mtu: 2}}'), [1, 2]);
  deepEqual(choose('{e*: {mtu: 1}, eth1*: {mtu: 2}, eth*: {mtu: 3}}'), [3, 2]);
});

// The five cases of RancherOS's own test of netconf.
test('mac: chooses a card by its whole address or a pattern of it, and never a bond that has the address of a card', () => {
  const fits = (match: string, link: Pick<Link, 'name' | 'mac' | 'isCard'>): boolean => chooseEntry(read(`{interfaces: {x: {match: "${match}"}}}`).interfaces, link) !== undefined;
  const eth0 = { name: 'eth0', mac: 'aa:bb:cc:dd:ee:ff', isCard: true };
  deepEqual([fits('mac:aa:bb:cc:dd:ee:ff', eth0), fits('mac:AA:bb:cc:*', eth0), fits('mac:aa:bb:cc:dd:ee:f0', eth0), fits('mac:12:34:*', eth0)], [true, true, false, false]);
  const bond = { name: 'bond0', mac: eth0.mac, isCard: false };
  deepEqual([fits('mac:aa:bb:cc:*', bond), fits('bond*', bond), fits('bond0', bond)], [false, false, true]);
});

test('dhcpcd gets the cards and patterns that want it, and no other', () => {
  const rows: readonly (readonly [interfaces: string, allow: string])[] = [
    ['{eth*: {dhcp: true}}', 'eth0 eth1'],
    ['{eth1: {address: 10.0.0.5/24}}', 'eth0'],
    ['{eth*: {dhcp: false}}', ''],
    ['{eth*: {dhcp: false}, eth1: {dhcp: true}}', 'eth1'],
    ['{eth*: {dhcp: false}, "mac=52:54:00:12:34:51": {dhcp: true}}', 'eth1'],
    ['{eth1: {bridge: br0}, br0: {bridge: "true", dhcp: true}}', 'br0 eth0'],
    ['{wl*: {dhcp: true}, eth9: {dhcp: true}}', 'eth0 eth1'],
  ];
  deepEqual(rows.map(([interfaces]) => [interfaces, plan(`{interfaces: ${interfaces}}`).dhcp.allow?.join(' ') ?? '']), rows.map((row) => [...row]));
  equal(renderDhcpcdConf('allowinterfaces eth*\nnoarp\n', plan('{interfaces: {eth*: {dhcp: false}}}').dhcp), 'noarp\nallowinterfaces none\n');
});

test('a link has options of its own: dhcp_args, no size of packets by DHCP, a link-local address', () => {
  const { dhcp } = plan('{interfaces: {eth0: {dhcp: true, dhcp_args: dhcpcd -MA4 -t 5, mtu: 1400}, eth1: {ipv4ll: true}}}');
  equal(renderDhcpcdConf('denyinterfaces veth*\nnoipv4ll\nnoarp\n', dhcp), 'denyinterfaces veth*\nallowinterfaces eth0 eth1\ninterface eth0\nnoipv4ll\nnoarp\nnooption interface_mtu\nnoarp\nipv4only\ntimeout 5\ninterface eth1\nnodhcp\nnodhcp6\nnoipv6rs\n');
  deepEqual(plan('{interfaces: {eth0: {dhcp: true, dhcp_args: udhcpc -n}}}').dhcp.problems.map(({ message }) => message), ['dhcp_args of eth0: udhcpc is not dhcpcd; it is left out']);
});

test('a card that is named and not there is missing; a pattern never is', () => {
  deepEqual(plan('{interfaces: {eth7: {dhcp: true}, wl*: {dhcp: true}, "mac=00:00:00:00:00:01": {}}}').missing, ['eth7', 'mac=00:00:00:00:00:01']);
});

test('links are sorted by their numbers', () => {
  deepEqual(['eth10', 'eth2', 'br0', 'eth1'].sort(compareLinkNames), ['br0', 'eth1', 'eth2', 'eth10']);
});
