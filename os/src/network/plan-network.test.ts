import { resolveConfiguration } from '@drover/cloud-config';
import { parseCloudConfig } from '@drover/cloud-config/yaml';
import { deepEqual, equal, test } from '@drover/testing';
import type { Card, NetworkPlan } from './plan-network.ts';
import { chooseEntry, planNetwork, renderDhcpcdConf } from './plan-network.ts';

const CARDS: readonly Card[] = [{ name: 'eth0', mac: '52:54:00:12:34:56' }, { name: 'eth1', mac: '52:54:00:12:34:57' }];

function plan(network: string, existing: readonly string[] = []): NetworkPlan {
  const { config } = resolveConfiguration([parseCloudConfig(`rancher: {network: ${network}}`, 'f')]);
  return planNetwork(config.rancher.network, CARDS, existing);
}

function printed({ commands }: NetworkPlan): string[] {
  return commands.map((command) => command.join(' '));
}

test('without any entry dhcpcd looks after every card', () => {
  deepEqual(plan('{}'), { commands: [], dhcp: undefined, resolvConf: undefined, missing: [] });
  equal(renderDhcpcdConf('allowinterfaces eth*\nnoarp\n', plan('{}')), 'allowinterfaces eth*\nnoarp\n');
});

test('an address, its gateway, the size of packets and what runs before and after', () => {
  const found = plan('{pre_cmds: [modprobe  x], interfaces: {eth0: {address: 10.0.0.5/24, addresses: ["fd00::5/64", 10.0.0.6], gateway: 10.0.0.1, gateway_ipv6: "fd00::1", mtu: 1400, pre_up: ["echo $iface"], post_up: ["true"]}}, post_cmds: [sync]}');
  deepEqual(printed(found), [
    'modprobe x',
    '/bin/sh -c echo eth0',
    'ip link set dev eth0 mtu 1400',
    'ip addr replace 10.0.0.5/24 dev eth0',
    'ip addr replace fd00::5/64 dev eth0',
    'ip addr replace 10.0.0.6/32 dev eth0',
    'ip link set dev eth0 up',
    'ip route replace default via 10.0.0.1 dev eth0',
    'ip -6 route replace default via fd00::1 dev eth0',
    '/bin/sh -c true',
    'sync',
  ]);
  deepEqual(found.dhcp, []);
});

test('commands are split into words as a shell would, and run without one', () => {
  const found = plan(`{pre_cmds: ["sh -c 'sleep 1; echo \\"$0\\"'", " ", "echo 'open"]}`);
  deepEqual(found.commands, [['sh', '-c', 'sleep 1; echo "$0"'], ["echo 'open"]]);
});

test('bonds, VLANs and bridges are made in the order in which they need each other, and only once', () => {
  const text = '{interfaces: {eth*: {bond: bond0}, bond0: {bond_opts: {mode: active-backup}, vlans: "100,200:store", dhcp: true}, store: {bridge: br0}, br0: {bridge: "true", address: 10.0.0.1/24}}}';
  deepEqual(printed(plan(text)), [
    'ip link add name bond0 type bond',
    '/bin/sh -c echo "$2" >"$1" sh /sys/class/net/bond0/bonding/mode active-backup',
    'ip link add link bond0 name bond0.100 type vlan id 100',
    'ip link add link bond0 name store type vlan id 200',
    'ip link add name br0 type bridge',
    'ip link set dev eth0 down',
    'ip link set dev eth0 master bond0',
    'ip link set dev eth1 down',
    'ip link set dev eth1 master bond0',
    'ip link set dev store master br0',
    'ip link set dev eth0 up',
    'ip link set dev eth1 up',
    'ip link set dev store up',
    'ip addr replace 10.0.0.1/24 dev br0',
    'ip link set dev br0 up',
  ]);
  const again = plan(text, ['bond0', 'bond0.100', 'store', 'br0']);
  equal(printed(again).some((line) => line.includes('link add')), false);
  deepEqual([again.dhcp, again.missing], [['bond0'], []]);
});

test('an address of a card counts more than its name, and its name more than a pattern', () => {
  const { config } = resolveConfiguration([parseCloudConfig('rancher: {network: {interfaces: {eth*: {mtu: 1}, eth1: {mtu: 2}, mac=52:54:00:12:34:5*: {mtu: 3}, x: {match: eth0, mtu: 4}}}}', 'f')]);
  const { interfaces } = config.rancher.network;
  deepEqual(CARDS.map((card) => chooseEntry(interfaces, card)?.mtu), [3, 3]);
  const byName = Object.fromEntries(Object.entries(interfaces).filter(([key]) => !key.startsWith('mac=')));
  deepEqual(CARDS.map((card) => chooseEntry(byName, card)?.mtu), [4, 2]);
});

test('dhcpcd gets the cards and patterns that want it, and no other', () => {
  deepEqual(plan('{interfaces: {eth*: {dhcp: true}}}').dhcp, ['eth*', 'eth0', 'eth1']);
  deepEqual(plan('{interfaces: {eth*: {dhcp: true}, eth1: {address: 10.0.0.5/24}}}').dhcp, ['eth0']);
  deepEqual(plan('{interfaces: {"mac=52:54:00:12:34:57": {dhcp: true}}}').dhcp, ['eth1']);
  deepEqual(plan('{interfaces: {eth*: {dhcp: true, vlans: "100"}}}').dhcp, ['eth0', 'eth1']);
  equal(renderDhcpcdConf('allowinterfaces eth*\nnoarp\n', plan('{interfaces: {eth0: {dhcp: false}}}')), 'noarp\nallowinterfaces none\n');
});

test('name servers of the configuration win over those of DHCP', () => {
  const found = plan('{dns: {nameservers: [1.1.1.1, "fd00::1"], search: [a.example, b.example]}}');
  equal(found.resolvConf, 'search a.example b.example\nnameserver 1.1.1.1\nnameserver fd00::1\n');
  equal(renderDhcpcdConf('noarp\n', found), 'noarp\nnohook resolv.conf\n');
});

test('a card that is named and not there is missing; a pattern never is', () => {
  deepEqual(plan('{interfaces: {eth7: {dhcp: true}, wl*: {dhcp: true}, "mac=00:00:00:00:00:01": {}}}').missing, ['eth7', 'mac=00:00:00:00:00:01']);
});
