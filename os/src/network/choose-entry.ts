// Which entry of `rancher.network.interfaces` a link is configured by. At most one.

import type { Configuration } from '@drover/cloud-config';
import type { Link } from './links.ts';

export type Network = Configuration['rancher']['network'];
export type Interfaces = Network['interfaces'];
export type Interface = Interfaces[string];

const RANK = { exactMac: 4, macPattern: 3, name: 2, pattern: 1, none: 0 } as const;

export interface NamedEntry {
  /** What links it is for: `match`, or the key itself. */
  readonly match: string;
  readonly entry: Interface;
}

export function listEntries(interfaces: Interfaces): NamedEntry[] {
  return Object.entries(interfaces).map(([key, entry]) => ({ match: entry.match ?? key, entry }));
}

/**
 * The card's own address counts more than a name, a name more than a pattern, and of two patterns the longer one. Links
 * without a device answer to their names alone: a bond has the address of one of its members, and is not that card.
 */
export function chooseEntry(interfaces: Interfaces, link: Pick<Link, 'name' | 'mac' | 'isCard'>): Interface | undefined {
  let best: NamedEntry | undefined;
  for (const one of listEntries(interfaces)) {
    const more = rankOf(one.match, link) - (best === undefined ? RANK.none : rankOf(best.match, link));
    if (more > 0 || (more === 0 && best !== undefined && one.match.length > best.match.length)) best = one;
  }
  return best?.entry;
}

/** 0: it is not for this link. */
export function rankOf(match: string, link: Pick<Link, 'name' | 'mac' | 'isCard'>): number {
  const address = macOf(match);
  if (address === undefined && match === link.name) return RANK.name;
  if (!link.isCard) return RANK.none;
  if (address === undefined) return match.includes('*') && fitsPattern(match, link.name) ? RANK.pattern : RANK.none;
  if (!fitsPattern(address, link.mac.toLowerCase())) return RANK.none;
  return address.includes('*') ? RANK.macPattern : RANK.exactMac;
}

/** Of `mac=ADDRESS` or `mac:ADDRESS`; undefined for a name. */
function macOf(match: string): string | undefined {
  return /^mac[=:](.*)$/.exec(match.toLowerCase())?.[1];
}

function fitsPattern(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
