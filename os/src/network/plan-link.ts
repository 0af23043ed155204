// The steps of one link: from the addresses, routes and memberships that it has to those of its entry.

import { isInSubnet } from '@drover/core';
import type { Interface } from './choose-entry.ts';
import type { Link } from './links.ts';
import { bridgeOf } from './plan-made-links.ts';
import type { AppliedLink, Step } from './network-step.ts';
import { attempt, command } from './network-step.ts';

/** RTPROT_DHCP and RTPROT_RA: the routes that dhcpcd made. */
const DHCP_ROUTES = [['ip', 'route', 'flush', 'proto', '16', 'dev'], ['ip', '-6', 'route', 'flush', 'proto', '9', 'dev']] as const;

/** `gateways`: how many default routes of each family other links have got; each further one counts less. */
export function planLink(observed: Link, entry: Interface, before: AppliedLink | undefined, gateways: Map<string, number>): { readonly steps: readonly Step[]; readonly outcome: AppliedLink } {
  const { name } = observed;
  // First of all, because what is leased has routes of its own, even for an address that is also configured.
  const leased = before?.dhcp === true && !entry.dhcp ? leasedAddresses(observed, before) : [];
  const link = { ...observed, addresses: observed.addresses.filter((address) => !leased.includes(address)) };
  const addresses = [...(entry.address === undefined ? [] : [entry.address]), ...entry.addresses].map(withLength);
  const routes = [entry.gateway ?? [], entry.gateway_ipv6 ?? []].flat().map((gateway) => ({ gateway, argv: routeCommand(name, gateway, addresses, gateways) }));
  const master = entry.bond ?? bridgeOf(entry);
  const { fresh, stale } = compareAddresses(link, entry, addresses, before);
  const steps = [
    ...shellSteps(entry.pre_up, link),
    ...planMembership(link, entry, master, before),
    ...setMtu(link, entry.mtu ?? before?.mtu),
    ...(before?.dhcp === true && !entry.dhcp ? endLease(name, leased) : []),
    ...fresh.map((address) => command(['ip', 'addr', 'replace', address, ...broadcast(address), 'dev', name])),
    ...stale.map((address) => attempt(['ip', 'addr', 'del', address, 'dev', name])),
    // dhcpcd raises its links itself; a member of a bond went down to join it.
    ...(link.isUp && (entry.bond === undefined || link.master === entry.bond) ? [] : raise(name, entry)),
    ...(before?.gateways ?? []).filter((gateway) => !routes.some((route) => route.gateway === gateway)).map((gateway) => endRoute(name, gateway)),
    ...routes.map(({ argv }) => command(argv)),
    ...shellSteps(entry.post_up, link),
  ];
  const mtu = entry.mtu === undefined ? 0 : before?.mtu ?? link.mtu; // 0 for a link that is made
  return { steps, outcome: { dhcp: entry.dhcp, addresses, gateways: routes.map(({ gateway }) => gateway), ...(master !== undefined && { master }), ...(mtu > 0 && { mtu }) } };
}

function setMtu({ name, mtu }: Link, wanted: number | undefined): Step[] {
  return wanted === undefined || wanted === mtu ? [] : [command(['ip', 'link', 'set', 'dev', name, 'mtu', String(wanted)])];
}

/** What an entry that is gone has left behind. */
export function planUnconfigured(link: Link, before: AppliedLink): Step[] {
  const { name } = link;
  return [
    ...link.addresses.filter(({ text }) => before.addresses.includes(text)).map(({ text }) => attempt(['ip', 'addr', 'del', text, 'dev', name])),
    ...before.gateways.map((gateway) => endRoute(name, gateway)),
    ...(before.dhcp ? endLease(name, leasedAddresses(link, before)) : []),
    ...setMtu(link, before.mtu),
    ...(before.master !== undefined && link.master === before.master ? [command(['ip', 'link', 'set', 'dev', name, 'nomaster'])] : []),
  ];
}

function leasedAddresses({ addresses }: Link, before: AppliedLink): Link['addresses'] {
  return addresses.filter(({ text, isLinkLocal }) => !isLinkLocal && !before.addresses.includes(text));
}

function endRoute(name: string, gateway: string): Step {
  return attempt([...ip(gateway), 'route', 'del', 'default', 'via', gateway, 'dev', name]);
}

function endLease(name: string, leased: Link['addresses']): Step[] {
  return [...leased.map(({ text }) => attempt(['ip', 'addr', 'del', text, 'dev', name])), ...DHCP_ROUTES.map((argv) => attempt([...argv, name]))];
}

/**
 * Without DHCP, a link has the addresses of its entry and no other; with it, those that dhcpcd gave it besides. The
 * kernel's own (link-local, announced by a router, all of lo) stay.
 */
function compareAddresses(link: Link, entry: Interface, wanted: readonly string[], before: AppliedLink | undefined): { readonly fresh: readonly string[]; readonly stale: readonly string[] } {
  const isStale = ({ text, isDynamic, isLinkLocal }: Link['addresses'][number]): boolean => {
    if (wanted.includes(text)) return false;
    if (before?.addresses.includes(text) === true) return true;
    if (entry.dhcp || link.name === 'lo' || (isLinkLocal && (text.includes(':') || entry.ipv4ll))) return false;
    return !(isDynamic && text.includes(':'));
  };
  return {
    fresh: wanted.filter((address) => !link.addresses.some(({ text, isDynamic }) => text === address && !isDynamic)),
    stale: link.addresses.filter(isStale).map(({ text }) => text),
  };
}

/** A member of a bond has to be down when it joins. */
function planMembership({ name, master: now }: Link, { bond }: Interface, wanted: string | undefined, before: AppliedLink | undefined): Step[] {
  if (now === wanted) return [];
  if (wanted === undefined) return before?.master === now ? [command(['ip', 'link', 'set', 'dev', name, 'nomaster'])] : [];
  return [
    ...(bond === undefined ? [] : [command(['ip', 'link', 'set', 'dev', name, 'down'])]),
    command(['ip', 'link', 'set', 'dev', name, 'master', wanted]),
  ];
}

function raise(name: string, { dhcp, bridge }: Interface): Step[] {
  return dhcp && bridge === undefined ? [] : [command(['ip', 'link', 'set', 'dev', name, 'up'])];
}

/** As in RancherOS 1.x, nothing is run for the loopback link. */
function shellSteps(lines: readonly string[], { name }: Link): Step[] {
  if (name === 'lo') return [];
  return lines.map((line) => ({ argv: ['/bin/sh', '-c', line.replaceAll('$iface', name)], kind: 'user' }));
}

/** A gateway outside the link's subnets, as some clouds have it, is taken at its word: it is on this link. */
function routeCommand(name: string, gateway: string, addresses: readonly string[], gateways: Map<string, number>): string[] {
  const [program, family = '-4'] = ip(gateway);
  const metric = gateways.get(family) ?? 0;
  gateways.set(family, metric + 1);
  const isNear = gateway.includes(':') || addresses.length === 0 || addresses.some((address) => isInSubnet(gateway, address));
  return [program!, ...(family === '-6' ? [family] : []), 'route', 'replace', 'default', 'via', gateway, 'dev', name, ...(isNear ? [] : ['onlink']), ...(metric === 0 ? [] : ['metric', String(metric)])];
}

function ip(address: string): string[] {
  return address.includes(':') ? ['ip', '-6'] : ['ip'];
}

/** An address alone is that of one machine. */
function withLength(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

function broadcast(address: string): string[] {
  const [base = '', length] = address.split('/');
  return base.includes(':') || Number(length) > 30 ? [] : ['brd', '+'];
}
