// The links of this machine, as the kernel has them now.

import { basename, codeOf } from '@drover/core';
import type { Files, Host } from '@drover/host';
import type { Address, Link } from './links.ts';
import { LINKS } from './list-cards.ts';

const IFF_UP = 1;
/** What the kernel answers about a link that went away while it was looked at, whichever it comes to first. */
const GONE: readonly unknown[] = ['ENOENT', 'ENODEV', 'EINVAL'];

export async function observeLinks({ files, processes }: Pick<Host, 'files' | 'processes'>): Promise<Link[]> {
  const { stdout } = await processes.run(['ip', '-o', 'addr']);
  const addresses = parseAddresses(stdout);
  return files.list(LINKS).flatMap((name) => {
    try {
      return [observeLink(files, name, addresses.get(name) ?? [])];
    } catch (error) {
      if (GONE.includes(codeOf(error))) return [];
      throw error;
    }
  });
}

/** Throws when the link is not there, or not any more. */
function observeLink(files: Files, name: string, addresses: readonly Address[]): Link {
  const path = `${LINKS}/${name}`;
  const read = (file: string): string => files.readText(`${path}/${file}`).trim();
  return {
    name,
    index: Number(read('ifindex')),
    mac: files.readTextIfPresent(`${path}/bonding_slave/perm_hwaddr`)?.trim() ?? read('address'),
    isCard: files.exists(`${path}/device`),
    master: files.lstat(`${path}/master`) === undefined ? undefined : basename(files.readLink(`${path}/master`)),
    addresses,
    isUp: (Number(read('flags')) & IFF_UP) !== 0,
    mtu: Number(read('mtu')), // last: what disappears meanwhile is noticed here
  };
}

/** Of `ip -o addr`: one address a line. */
export function parseAddresses(text: string): Map<string, Address[]> {
  const found = new Map<string, Address[]>();
  for (const line of text.split('\n')) {
    const [, name = '', family, address = '', rest = ''] = /^\d+:\s+(\S+)\s+(inet6?)\s+(\S+)(.*)$/.exec(line) ?? [];
    if (family === undefined) continue;
    const words = rest.replace(/\\.*$/, '').split(/\s+/);
    const peer = words[1] === 'peer' ? /\/.*$/.exec(words[2] ?? '')?.[0] ?? '' : '';
    const one = { text: `${address}${peer}`, isDynamic: words.includes('dynamic'), isLinkLocal: /^(?:fe[89ab][0-9a-f]:|169\.254\.)/.test(address) };
    found.set(name, [...(found.get(name) ?? []), one]);
  }
  return found;
}
