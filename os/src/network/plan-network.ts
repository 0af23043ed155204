// `rancher.network` as a plan: commands of ip(8), the links that dhcpcd looks after, and resolv.conf. Pure: what is
// there comes in, text goes out.

import { splitWords } from '@drover/core';
import type { Configuration } from '@drover/cloud-config';

type Network = Configuration['rancher']['network'];
export type Interface = Network['interfaces'][string];

export interface Card {
  readonly name: string;
  /** As in /sys/class/net/NAME/address; empty for a link that we make, which only its own name stands for. */
  readonly mac: string;
}

export interface NetworkPlan {
  /** In order; each a program with its arguments. */
  readonly commands: readonly (readonly string[])[];
  /** Names and patterns for dhcpcd; undefined: all that it knows by itself. */
  readonly dhcp: readonly string[] | undefined;
  /** Undefined: dhcpcd writes it. */
  readonly resolvConf: string | undefined;
  /** Links that the configuration names and that are not there. */
  readonly missing: readonly string[];
}

/** Of several entries that fit a card, an address counts more than a name, and a name more than a pattern. */
export function chooseEntry(interfaces: Network['interfaces'], card: Card): Interface | undefined {
  const ranked = Object.entries(interfaces).map(([key, entry]) => ({ entry, rank: rankOf(entry.match ?? key, card) }));
  const best = Math.max(0, ...ranked.map((one) => one.rank));
  return best === 0 ? undefined : ranked.find((one) => one.rank === best)!.entry;
}

function rankOf(match: string, card: Card): number {
  if (match.startsWith('mac=')) return fits(match.slice(4).toLowerCase(), card.mac.toLowerCase()) ? 3 : 0;
  if (match === card.name) return 2;
  return match.includes('*') && card.mac !== '' && fits(match, card.name) ? 1 : 0;
}

function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

/** `existing`: every link that is there, also those without a device. */
export function planNetwork(network: Network, cards: readonly Card[], existing: readonly string[]): NetworkPlan {
  const { interfaces, dns } = network;
  const resolvConf = dns.nameservers.length > 0 || dns.search.length > 0 ? renderResolvConf(dns) : undefined;
  if (Object.keys(interfaces).length === 0) return { commands: around(network, []), dhcp: undefined, resolvConf, missing: [] };
  const choose = (links: readonly Card[]): Chosen[] => links.flatMap((card) => {
    const entry = chooseEntry(interfaces, card);
    return entry === undefined ? [] : [{ name: card.name, entry }];
  });
  const made = planLinks(interfaces, choose(cards));
  const links = [...cards, ...made.map(({ name }): Card => ({ name, mac: '' }))];
  const all = choose(links);
  const commands = [
    ...made.filter(({ name }) => !existing.includes(name)).flatMap((link) => link.make),
    ...all.flatMap(planMembership),
    ...all.flatMap(planAddresses),
  ];
  return {
    commands: around(network, commands),
    dhcp: dhcpNames(interfaces, links),
    resolvConf,
    missing: Object.entries(interfaces).map(([key, entry]) => entry.match ?? key).filter((match) => !match.includes('*') && !links.some((link) => rankOf(match, link) > 0)),
  };
}

interface Chosen {
  readonly name: string;
  readonly entry: Interface;
}

interface MadeLink {
  readonly name: string;
  /** The commands that make it. */
  readonly make: readonly (readonly string[])[];
}

/** Bonds before the VLANs on them, VLANs before the bridges that they join. */
function planLinks(interfaces: Network['interfaces'], chosen: readonly Chosen[]): MadeLink[] {
  const named = Object.entries(interfaces).map(([key, entry]): Chosen => ({ name: entry.match ?? key, entry }));
  const bonds = [...new Set([...named.filter(({ entry }) => Object.keys(entry.bond_opts).length > 0).map(({ name }) => name), ...chosen.flatMap(({ entry }) => entry.bond ?? [])])].map((name): MadeLink => {
    const options = Object.entries(named.find((one) => one.name === name)?.entry.bond_opts ?? {});
    return { name, make: [['ip', 'link', 'add', 'name', name, 'type', 'bond'], ...options.map(([option, value]) => writeCommand(`/sys/class/net/${name}/bonding/${option}`, value))] };
  });
  const carriers = [...chosen, ...named.filter(({ name }) => bonds.some((bond) => bond.name === name))];
  const vlans = carriers.flatMap(({ name: on, entry }) => parseVlans(entry.vlans ?? '', on).map(({ id, name }): MadeLink => ({ name, make: [['ip', 'link', 'add', 'link', on, 'name', name, 'type', 'vlan', 'id', id]] })));
  const bridges = named.filter(({ entry }) => entry.bridge === 'true').map(({ name }): MadeLink => ({ name, make: [['ip', 'link', 'add', 'name', name, 'type', 'bridge']] }));
  return [...bonds, ...vlans, ...bridges];
}

/** `100,200:name`: a number, and what the link is called where LINK.NUMBER does not do. */
function parseVlans(text: string, on: string): { readonly id: string; readonly name: string }[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '').map((part) => {
    const [id, name = ''] = part.split(':');
    return { id: id!, name: name === '' ? `${on}.${id!}` : name };
  });
}

function writeCommand(path: string, value: string): string[] {
  return ['/bin/sh', '-c', 'echo "$2" >"$1"', 'sh', path, value];
}

/** A member of a bond has to be down when it joins. */
function planMembership({ name, entry }: Chosen): string[][] {
  const join = (master: string): string[] => ['ip', 'link', 'set', 'dev', name, 'master', master];
  const isMember = entry.bridge !== undefined && entry.bridge !== '' && entry.bridge !== 'true';
  return [
    ...(entry.bond === undefined ? [] : [['ip', 'link', 'set', 'dev', name, 'down'], join(entry.bond)]),
    ...(isMember ? [join(entry.bridge)] : []),
  ];
}

function around({ pre_cmds, post_cmds }: Network, commands: readonly (readonly string[])[]): (readonly string[])[] {
  // With a quote left open the line is no program's name either, and the log says which one was not found.
  const split = (lines: readonly string[]): string[][] => lines.map((line) => splitWords(line) ?? [line]).filter((words) => words.length > 0);
  return [...split(pre_cmds), ...commands, ...split(post_cmds)];
}

function planAddresses({ name, entry }: Chosen): string[][] {
  const addresses = [...(entry.address === undefined ? [] : [entry.address]), ...entry.addresses];
  const shell = (lines: readonly string[]): string[][] => lines.map((line) => ['/bin/sh', '-c', line.replaceAll('$iface', name)]);
  return [
    ...shell(entry.pre_up),
    ...(entry.mtu === undefined ? [] : [['ip', 'link', 'set', 'dev', name, 'mtu', String(entry.mtu)]]),
    ...addresses.map((address) => ['ip', 'addr', 'replace', withPrefix(address), 'dev', name]),
    ...(entry.dhcp && entry.bridge === undefined ? [] : [['ip', 'link', 'set', 'dev', name, 'up']]),
    ...(entry.gateway === undefined ? [] : [['ip', 'route', 'replace', 'default', 'via', entry.gateway, 'dev', name]]),
    ...(entry.gateway_ipv6 === undefined ? [] : [['ip', '-6', 'route', 'replace', 'default', 'via', entry.gateway_ipv6, 'dev', name]]),
    ...shell(entry.post_up),
  ];
}

/** An address alone is that of one machine. */
function withPrefix(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** Patterns stay patterns where nothing better fits any card, so that links which come later are looked after. */
function dhcpNames(interfaces: Network['interfaces'], cards: readonly Card[]): string[] {
  const names = cards.filter((card) => chooseEntry(interfaces, card)?.dhcp === true).map((card) => card.name);
  const denied = cards.filter((card) => chooseEntry(interfaces, card)?.dhcp !== true);
  const patterns = Object.entries(interfaces).filter(([, entry]) => entry.dhcp).map(([key, entry]) => entry.match ?? key).filter((match) => !match.startsWith('mac=') && !denied.some((card) => fits(match, card.name)));
  return [...new Set([...names, ...patterns])].sort();
}

function renderResolvConf({ nameservers, search }: Network['dns']): string {
  return [...(search.length > 0 ? [`search ${search.join(' ')}`] : []), ...nameservers.map((server) => `nameserver ${server}`)].map((line) => `${line}\n`).join('');
}

/** dhcpcd.conf: the image's own, with our links instead of its, and without a hand on resolv.conf when that is ours. */
export function renderDhcpcdConf(base: string, { dhcp, resolvConf }: NetworkPlan): string {
  const lines = base.trimEnd().split('\n').filter((line) => dhcp === undefined || !line.startsWith('allowinterfaces'));
  return [...lines, ...(dhcp === undefined ? [] : [`allowinterfaces ${dhcp.length === 0 ? 'none' : dhcp.join(' ')}`]), ...(resolvConf === undefined ? [] : ['nohook resolv.conf']), ''].join('\n');
}
