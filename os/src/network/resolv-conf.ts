// /etc/resolv.conf. It has one owner: this file, with what is configured and what each link was told.

import type { Configuration } from '@drover/cloud-config';
import type { Files } from '@drover/host';
import type { Lease } from './lease.ts';

const PATH = '/etc/resolv.conf';

export type Dns = Configuration['rancher']['network']['dns'];

export interface DnsSources {
  /** `rancher.network.dns` */
  readonly configured: Dns;
  /** `rancher.defaults.network.dns` */
  readonly defaults: Pick<Dns, 'nameservers' | 'search'>;
  /** False while some link has yet to hear from its DHCP server: too early for the defaults. */
  readonly isComplete: boolean;
  /** The preferred one first. */
  readonly leases: readonly Lease[];
}

interface Entry {
  readonly value: string;
  readonly origin: string;
}

/**
 * Configured entries win, name servers and domains each by themselves; those of DHCP count where nothing is configured,
 * or after it with `override: false`; the defaults where there is nothing else. Each entry says where it comes from.
 */
export function renderResolvConf(sources: DnsSources): string {
  const nameservers = merge(sources, 'nameservers');
  const search = merge(sources, 'search');
  const lines = ['# Written by ros: each entry stands below where it comes from. To change it, set rancher.network.dns.'];
  let origin = '';
  for (const entry of nameservers) {
    if (entry.origin !== origin) lines.push(`# ${entry.origin}`);
    origin = entry.origin;
    lines.push(`nameserver ${entry.value}`);
  }
  if (search.length > 0) {
    const origins = [...new Set(search.map((entry) => entry.origin))].join(', ');
    lines.push(...(origins === origin ? [] : [`# ${origins}`]), `search ${search.map(({ value }) => value).join(' ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function merge({ configured, defaults, isComplete, leases }: DnsSources, kind: 'nameservers' | 'search'): Entry[] {
  const own = configured[kind].map((value): Entry => ({ value, origin: 'rancher.network.dns' }));
  const leased = leases.flatMap((lease) => lease[kind].map((value): Entry => ({ value, origin: `${nameOf(lease.protocol)} on ${lease.link}` })));
  const others = own.length > 0 && configured.override !== false ? [] : leased;
  const chosen = [...own, ...others].filter((entry, i, all) => all.findIndex(({ value }) => value === entry.value) === i);
  if (chosen.length > 0 || !isComplete) return chosen;
  return defaults[kind].map((value) => ({ value, origin: 'rancher.defaults.network.dns' }));
}

function nameOf(protocol: string): string {
  return { dhcp: 'DHCP', dhcp6: 'DHCPv6', ra: 'router announcement' }[protocol] ?? protocol;
}

export function writeResolvConf(files: Files, text: string): void {
  if (files.readTextIfPresent(PATH) !== text) files.overwriteText(PATH, text);
}
