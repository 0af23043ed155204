// Links that the configuration makes: bonds, bridges and VLANs, in the order in which they need each other.

import type { Link } from './links.ts';
import type { Interface, Interfaces } from './choose-entry.ts';
import { chooseEntry, listEntries } from './choose-entry.ts';

/** The kernel takes others only for some modes, and delays only with miimon. */
const FIRST_OPTIONS: readonly string[] = ['mode', 'miimon'];

export interface MadeLink {
  readonly name: string;
  /** The link it stands on, of a VLAN. */
  readonly on?: string;
  /** The commands that make it. */
  readonly make: readonly (readonly string[])[];
}

export function planMadeLinks(interfaces: Interfaces, cards: readonly Link[]): MadeLink[] {
  const entries = cards.flatMap((card) => chooseEntry(interfaces, card) ?? []);
  const masters = [...planBonds(interfaces, entries), ...planBridges(interfaces, entries)];
  const carriers = [...cards.map(({ name }) => name), ...masters.map(({ name }) => name)];
  return [...masters, ...planVlans(interfaces, cards, carriers)];
}

function planBonds(interfaces: Interfaces, entries: readonly Interface[]): MadeLink[] {
  const named = listEntries(interfaces);
  const wanted = [...named.filter(({ entry }) => Object.keys(entry.bond_opts).length > 0).map(({ match }) => match), ...entries.flatMap(({ bond }) => bond ?? [])];
  return unique(wanted).map((name) => {
    const options = Object.entries(named.find(({ match }) => match === name)?.entry.bond_opts ?? {});
    const ordered = [...FIRST_OPTIONS.flatMap((first) => options.filter(([option]) => option === first)), ...options.filter(([option]) => !FIRST_OPTIONS.includes(option))];
    return { name, make: [['ip', 'link', 'add', 'name', name, 'type', 'bond'], ...ordered.map(([option, value]) => writeCommand(`/sys/class/net/${name}/bonding/${option}`, value))] };
  });
}

function planBridges(interfaces: Interfaces, entries: readonly Interface[]): MadeLink[] {
  const named = listEntries(interfaces).filter(({ entry }) => isBridge(entry)).map(({ match }) => match);
  // A VLAN that is nobody's card yet may be the only member.
  const joined = [...entries, ...Object.values(interfaces)].flatMap((entry) => bridgeOf(entry) ?? []);
  return unique([...named, ...joined]).map((name) => ({ name, make: [['ip', 'link', 'add', 'name', name, 'type', 'bridge']] }));
}

/** Also VLANs on VLANs: round by round, until there is nothing new. */
function planVlans(interfaces: Interfaces, cards: readonly Link[], carriers: readonly string[]): MadeLink[] {
  const made: MadeLink[] = [];
  for (let round = carriers; round.length > 0;) {
    const next = round.flatMap((on) => {
      const link = cards.find(({ name }) => name === on) ?? { name: on, mac: '', isCard: false };
      return parseVlans(chooseEntry(interfaces, link)?.vlans ?? '', on).map(({ id, name }): MadeLink => ({ name, on, make: [['ip', 'link', 'add', 'link', on, 'name', name, 'type', 'vlan', 'id', id]] }));
    }).filter(({ name }) => !carriers.includes(name) && !made.some((one) => one.name === name));
    made.push(...next);
    round = next.map(({ name }) => name);
  }
  return made;
}

/** `100,200:name`: a number, and what the link is called where LINK.NUMBER does not do. */
function parseVlans(text: string, on: string): { readonly id: string; readonly name: string }[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '').map((part) => {
    const [id = '', name = ''] = part.split(':').map((word) => word.trim());
    return { id, name: name === '' ? `${on}.${id}` : name };
  });
}

export function isBridge({ bridge }: Interface): boolean {
  return bridge === 'true';
}

/** The bridge that the link joins. */
export function bridgeOf({ bridge }: Interface): string | undefined {
  return bridge === undefined || bridge === '' || bridge === 'true' || bridge === 'false' ? undefined : bridge;
}

export function writeCommand(path: string, value: string): string[] {
  return ['/bin/sh', '-c', 'echo "$2" >"$1"', 'sh', path, value];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
