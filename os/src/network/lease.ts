// What dhcpcd tells its script about a link, and what of it is kept while it holds.

import { parseIpAddress } from '@drover/core';
import type { Files } from '@drover/host';
import { compareLinkNames } from './links.ts';

export const LEASES = '/run/ros/leases';

export interface Lease {
  readonly link: string;
  /** dhcp, dhcp6, ra... */
  readonly protocol: string;
  /** Lower is preferred. */
  readonly metric: number;
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly hostName?: string;
}

export type LeaseEvent = { readonly what: 'held'; readonly lease: Lease } | { readonly what: 'lost'; readonly link: string; readonly protocol: string | undefined };

/** By the variables of dhcpcd-run-hooks(8). Undefined: nothing that matters here. Whoever answers DHCP may send anything. */
export function parseLeaseEvent(read: (name: string) => string | undefined): LeaseEvent | undefined {
  const link = read('interface');
  const protocol = read('protocol');
  const reason = read('reason') ?? '';
  if (link === undefined || !/^[\w.@:-]+$/.test(link) || (protocol !== undefined && !/^\w+$/.test(protocol))) return undefined;
  if (reason === 'STOPPED') return undefined; // `persistent`: what was leased stays while dhcpcd starts again
  if (reason === 'NOCARRIER' || reason === 'DEPARTED') return { what: 'lost', link, protocol: undefined };
  if (protocol === undefined || protocol === 'link') return undefined;
  if (read('if_down') === 'true') return { what: 'lost', link, protocol };
  if (read('if_up') !== 'true' && reason !== 'ROUTERADVERT') return undefined;
  return { what: 'held', lease: { link, protocol, metric: Number(read('ifmetric') ?? 0), ...readNames(protocol, read) } };
}

function readNames(protocol: string, read: (name: string) => string | undefined): Pick<Lease, 'nameservers' | 'search' | 'hostName'> {
  const words = (...names: readonly string[]): string[] => names.flatMap((name) => (read(name) ?? '').split(/\s+/)).filter((word) => word !== '');
  const skipped = words('skip_hooks'); // `nohook` of dhcp_args
  const hostName = read('new_host_name') ?? '';
  const announced = (kind: string): string[] => [1, 2, 3].flatMap((i) => [1, 2, 3].flatMap((j) => words(`nd${i}_${kind.replace('#', String(j))}`)));
  const nameservers = protocol === 'ra' ? announced('rdnss#_servers') : words('new_domain_name_servers', 'new_dhcp6_name_servers');
  const domains = protocol === 'ra' ? announced('dnssl#_search') : words('new_domain_search', 'new_dhcp6_domain_search');
  const search = domains.length > 0 ? domains : words('new_domain_name');
  return {
    nameservers: skipped.includes('resolv.conf') ? [] : nameservers.filter((server) => parseIpAddress(server.replace(/%[\w.-]+$/, '')) !== undefined),
    search: skipped.includes('resolv.conf') ? [] : search.map((domain) => domain.replace(/\.$/, '')).filter((domain) => /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(domain)),
    ...(!skipped.includes('hostname') && /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/.test(hostName) && { hostName }),
  };
}

export function recordLease(files: Files, event: LeaseEvent): void {
  files.makeDirectory(LEASES);
  if (event.what === 'held') files.replace(`${LEASES}/${event.lease.link}@${event.lease.protocol}`, JSON.stringify(event.lease));
  else dropLeases(files, (lease) => lease.link === event.link && (event.protocol === undefined || lease.protocol === event.protocol));
}

/** LINK@PROTOCOL, and not what becomes one: dhcpcd's script is at work while others read, and may be stopped half-way. */
const LEASE_NAME = /@\w+$/;

/** The preferred link's first. */
export function readLeases(files: Files): Lease[] {
  if (!files.exists(LEASES)) return [];
  const texts = files.list(LEASES).filter((name) => LEASE_NAME.test(name)).map((name) => files.readTextIfPresent(`${LEASES}/${name}`));
  const leases = texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as Lease]));
  return leases.sort((a, b) => a.metric - b.metric || compareLinkNames(a.link, b.link));
}

export function dropLeases(files: Files, isGone: (lease: Lease) => boolean): void {
  for (const lease of readLeases(files).filter(isGone)) files.remove(`${LEASES}/${lease.link}@${lease.protocol}`);
}
