// Links of the machine and of containers: bridges, and pairs that lead from one to a container.

import { join } from '@drover/core';
import type { SystemHost } from '@drover/host';
import type { Bridge } from './bridge-table.ts';
import { parseSubnet } from './ipv4.ts';
import type { Endpoint } from './network-record.ts';
import { addAddress, addBridge, addDefaultRoute, addVethPair, checkAnswer, deleteLink, getLink, parseLinkIndex, raiseLink } from './route-messages.ts';

const LINKS = '/sys/class/net';

/** `pid`: of a process in the network namespace to look in; without it, the machine's. Undefined when there is none. */
export function readLinkIndex({ netlink }: SystemHost, name: string, pid?: number): number | undefined {
  return parseLinkIndex(netlink.askRoutes(getLink(name), pid));
}

/** Throws `netlink-failed`. */
export function makeBridge(host: SystemHost, { link, subnet, gateway }: Bridge): void {
  ask(host, addBridge(link), `making bridge ${link}`);
  ask(host, addAddress(readLinkIndex(host, link)!, gateway, parseSubnet(subnet)!.length), `giving ${link} the address ${gateway}`);
  host.files.write('/proc/sys/net/ipv4/ip_forward', '1');
  // For ports that are published on the loopback.
  host.files.write(join('/proc/sys/net/ipv4/conf', link, 'route_localnet'), '1');
}

/** Gives a container that is created its end of a pair, named, with address and, when `isGateway`, the way out. Throws `netlink-failed`. */
export function connectPair(host: SystemHost, bridge: Bridge, { link, inside, mac, address, prefixLength, gateway }: Endpoint, pid: number, isGateway: boolean): void {
  ask(host, addVethPair({ link, master: readLinkIndex(host, bridge.link)!, inside, mac, pid }), `connecting ${link} with ${bridge.link}`);
  // So that a container reaches itself by a port that it publishes.
  host.files.write(join(LINKS, link, 'brport/hairpin_mode'), '1');
  const index = readLinkIndex(host, inside, pid)!;
  ask(host, addAddress(index, address, prefixLength), `giving ${inside} the address ${address}`, pid);
  ask(host, raiseLink(index), `raising ${inside}`, pid);
  if (isGateway) ask(host, addDefaultRoute(index, gateway), `the route by ${gateway}`, pid);
}

/** No error when it is gone. */
export function removeLink(host: SystemHost, name: string): void {
  if (readLinkIndex(host, name) !== undefined) ask(host, deleteLink(name), `removing ${name}`);
}

export function listMembers({ files }: SystemHost, bridge: string): string[] {
  const folder = join(LINKS, bridge, 'brif');
  return files.exists(folder) ? files.list(folder) : [];
}

function ask({ netlink }: SystemHost, message: Uint8Array, what: string, pid?: number): void {
  checkAnswer(netlink.askRoutes(message, pid), what);
}
