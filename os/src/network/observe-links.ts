// The links of this machine, as the kernel has them now.

import { basename } from '@drover/core';
import type { Host } from '@drover/host';
import type { Address, Link } from './links.ts';
import { LINKS } from './list-cards.ts';

const IFF_UP = 1;

export async function observeLinks({ files, processes }: Pick<Host, 'files' | 'processes'>): Promise<Link[]> {
  const { stdout } = await processes.run(['ip', '-o', 'addr']);
  const addresses = parseAddresses(stdout);
  const read = (path: string): string => (files.readTextIfPresent(`${LINKS}/${path}`) ?? '').trim();
  return files.list(LINKS).filter((name) => files.exists(`${LINKS}/${name}/ifindex`)).map((name): Link => ({
    name,
    index: Number(read(`${name}/ifindex`)),
    mac: read(`${name}/bonding_slave/perm_hwaddr`) || read(`${name}/address`),
    isCard: files.exists(`${LINKS}/${name}/device`),
    isUp: (Number(read(`${name}/flags`)) & IFF_UP) !== 0,
    mtu: Number(read(`${name}/mtu`)),
    master: files.lstat(`${LINKS}/${name}/master`) === undefined ? undefined : basename(files.readLink(`${LINKS}/${name}/master`)),
    addresses: addresses.get(name) ?? [],
  }));
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
