// What dhcpcd is told: the links that it looks after, and the options of some of them.

import type { Problem } from '@drover/core';
import type { Interface, Interfaces } from './choose-entry.ts';
import { parseDhcpArguments } from './dhcp-arguments.ts';
import { compareLinkNames } from './links.ts';

export interface DhcpPlan {
  /** Names; undefined: the patterns of the image's own file. */
  readonly allow: readonly string[] | undefined;
  /** Lines of dhcpcd.conf for one link. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** Some link takes a link-local address; `options` say which others do not. */
  readonly linkLocal: boolean;
  readonly problems: readonly Problem[];
}

/** In the image's own file, for all links, and dhcpcd has no words for the opposite. Without ARP it gives no link-local address. */
const WITHOUT_LINK_LOCAL: readonly string[] = ['noipv4ll', 'noarp'];

export function wantsDhcp({ dhcp, ipv4ll }: Interface): boolean {
  return dhcp || ipv4ll;
}

/** `wanting`: the links whose entry asks for it. A card that comes later is named when it is there. */
export function planDhcp(interfaces: Interfaces, wanting: readonly { readonly name: string; readonly entry: Interface }[]): DhcpPlan {
  const parsed = wanting.map(({ name, entry }) => ({ name, entry, ...linkOptions(name, entry) }));
  const linkLocal = wanting.some(({ entry }) => entry.ipv4ll);
  const options = parsed.map(({ name, entry, lines }) => [name, [...(linkLocal && !entry.ipv4ll ? WITHOUT_LINK_LOCAL : []), ...lines]] as const);
  return {
    allow: Object.keys(interfaces).length === 0 ? undefined : wanting.map(({ name }) => name).sort(compareLinkNames),
    options: Object.fromEntries(options.filter(([, lines]) => lines.length > 0)),
    linkLocal,
    problems: parsed.flatMap((one) => one.problems),
  };
}

function linkOptions(name: string, entry: Interface): { readonly lines: readonly string[]; readonly problems: readonly Problem[] } {
  const { lines, unknown } = parseDhcpArguments(entry.dhcp_args ?? '');
  return {
    lines: [
      ...(entry.mtu === undefined ? [] : ['nooption interface_mtu']),
      ...(entry.dhcp ? [] : ['nodhcp', 'nodhcp6', 'noipv6rs']),
      ...lines,
    ],
    problems: unknown === undefined ? [] : [{ code: 'dhcp-args', severity: 'warning', source: 'rancher.network.interfaces', key: 'dhcp_args', message: `dhcp_args of ${name}: ${unknown}; it is left out` }],
  };
}

/** dhcpcd.conf: the image's own, with our links instead of its. */
export function renderDhcpcdConf(base: string, { allow, options, linkLocal }: DhcpPlan): string {
  const lines = base.trimEnd().split('\n')
    .filter((line) => allow === undefined || !line.startsWith('allowinterfaces'))
    .filter((line) => !linkLocal || !WITHOUT_LINK_LOCAL.includes(line));
  const blocks = Object.entries(options).flatMap(([name, own]) => [`interface ${name}`, ...own]);
  return [...lines, ...(allow === undefined ? [] : [`allowinterfaces ${allow.length === 0 ? 'none' : allow.join(' ')}`]), ...blocks, ''].join('\n');
}
