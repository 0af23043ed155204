// Subnets for bridges: what is in use on this machine is not taken. Pure.

import type { Subnet } from './ipv4.ts';
import { contains, overlap, parseIpv4, parseSubnet } from './ipv4.ts';

/** Small ones from two ranges that User Docker does not choose from by itself. */
const RANGES = ['172.16.0.0/16', '10.213.0.0/16'];
/** As in RancherOS, whose docker-sys was 172.18.42.1. */
const FIRST = 42;
const LENGTH = 24;

/** Undefined when all are in use. `servers`: name servers, which must stay reachable. */
export function chooseSubnet(used: readonly Subnet[], servers: readonly string[]): Subnet | undefined {
  const addresses = servers.flatMap((server) => parseIpv4(server) ?? []);
  const isFree = (subnet: Subnet): boolean => !used.some((one) => overlap(one, subnet)) && !addresses.some((address) => contains(subnet, address));
  for (const range of RANGES) {
    const { base } = parseSubnet(range)!;
    for (let i = FIRST; i < 256; i += 1) {
      const subnet = { base: base + i * 256, length: LENGTH };
      if (isFree(subnet)) return subnet;
    }
  }
  return undefined;
}

/** Destinations in /proc/net/route but for the default ones; `except`: links of ours. */
export function parseRoutes(text: string, except: readonly string[]): Subnet[] {
  return text.split('\n').slice(1).flatMap((line) => {
    const words = line.split('\t');
    const [link = '', destination = ''] = words;
    const mask = reverse(words[7] ?? '');
    if (mask === undefined || mask === 0 || except.includes(link)) return [];
    const length = 32 - Math.round(Math.log2(2 ** 32 - mask));
    return [{ base: reverse(destination) ?? 0, length }];
  });
}

/** The kernel writes the bytes of an address from the last to the first. */
function reverse(hex: string): number | undefined {
  if (!/^[0-9A-F]{8}$/i.test(hex)) return undefined;
  return [6, 4, 2, 0].reduce((sum, at) => sum * 256 + Number.parseInt(hex.slice(at, at + 2), 16), 0);
}
