// Requests of rtnetlink(7) as bytes: links, addresses, routes. Pure. Numbers are those of linux/rtnetlink.h, if_link.h
// and veth.h; all are little endian here, as every machine is that this is built for.

import { encodeUtf8, RosError } from '@drover/core';
import { concatBytes } from '@drover/host';
import { parseIpv4 } from './ipv4.ts';

const RTM = { newLink: 16, deleteLink: 17, getLink: 18, newAddress: 20, newRoute: 24 } as const;
const ERROR = 2;
const REQUEST = 1;
const ACKNOWLEDGE = 4;
const CREATE = 0x400;
const EXCLUSIVE = 0x200;
const IS_UP = 1;
const NESTED = 0x8000;
const AF_INET = 2;

const IFLA = { address: 1, name: 3, master: 10, info: 18, namespaceOfPid: 19 } as const;
const INFO = { kind: 1, data: 2 } as const;
const VETH_PEER = 1;
const IFA = { address: 1, local: 2, broadcast: 4 } as const;
const RTA = { link: 4, gateway: 5 } as const;

const ENODEV = 19;

export interface VethPair {
  readonly link: string;
  /** Index of the bridge. */
  readonly master: number;
  readonly inside: string;
  readonly mac: string;
  /** A process in the network namespace of the other end. */
  readonly pid: number;
}

/** Up already. */
export function addBridge(name: string): Uint8Array {
  return message(RTM.newLink, CREATE | EXCLUSIVE, [linkHeader(0, true), attribute(IFLA.name, text(name)), info('bridge', [])]);
}

/** Both ends up, the machine's a member of the bridge: from nothing to all in one step. */
export function addVethPair({ link, master, inside, mac, pid }: VethPair): Uint8Array {
  const bytes = Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
  const peer = attribute(VETH_PEER | NESTED, linkHeader(0, false), attribute(IFLA.name, text(inside)), attribute(IFLA.address, bytes), attribute(IFLA.namespaceOfPid, word(pid)));
  return message(RTM.newLink, CREATE | EXCLUSIVE, [linkHeader(0, true), attribute(IFLA.name, text(link)), attribute(IFLA.master, word(master)), info('veth', [peer])]);
}

export function raiseLink(index: number): Uint8Array {
  return message(RTM.newLink, 0, [linkHeader(index, true)]);
}

export function deleteLink(name: string): Uint8Array {
  return message(RTM.deleteLink, 0, [linkHeader(0, false), attribute(IFLA.name, text(name))]);
}

/** Answered by its description. */
export function getLink(name: string): Uint8Array {
  return message(RTM.getLink, 0, [linkHeader(0, false), attribute(IFLA.name, text(name))]);
}

export function addAddress(index: number, address: string, prefixLength: number): Uint8Array {
  const value = parseIpv4(address)!;
  const broadcast = value - (value % 2 ** (32 - prefixLength)) + 2 ** (32 - prefixLength) - 1;
  const header = concatBytes([Uint8Array.of(AF_INET, prefixLength, 0, 0), word(index)]);
  return message(RTM.newAddress, CREATE | EXCLUSIVE, [header, attribute(IFA.local, bigEndian(value)), attribute(IFA.address, bigEndian(value)), attribute(IFA.broadcast, bigEndian(broadcast))]);
}

/** To everywhere, by this gateway. Main table, static, unicast. */
export function addDefaultRoute(index: number, gateway: string): Uint8Array {
  const header = concatBytes([Uint8Array.of(AF_INET, 0, 0, 0, 254, 3, 0, 1), word(0)]);
  return message(RTM.newRoute, CREATE | EXCLUSIVE, [header, attribute(RTA.gateway, bigEndian(parseIpv4(gateway)!)), attribute(RTA.link, word(index))]);
}

/** Throws `netlink-failed` with the kernel's number. */
export function checkAnswer(bytes: Uint8Array, what: string): void {
  const error = readError(bytes);
  if (error !== 0) throw new RosError('netlink-failed', `${what} failed: ${ERRORS[error] ?? `error ${error}`}`, { facts: { error } });
}

/** Index of the link in the answer to `getLink`; undefined when there is none. */
export function parseLinkIndex(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 24 && view.getUint16(4, true) === RTM.newLink) return view.getInt32(20, true);
  const error = readError(bytes);
  if (error !== 0 && error !== ENODEV) checkAnswer(bytes, 'reading a link');
  return undefined;
}

/** Those that a user can do something about. */
const ERRORS: Readonly<Record<number, string>> = { 1: 'operation not permitted', 12: 'out of memory', 16: 'device or resource busy', 17: 'file exists', 19: 'no such device', 95: 'operation not supported' };

function readError(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length >= 20 && view.getUint16(4, true) === ERROR ? -view.getInt32(16, true) : 0;
}

function message(type: number, flags: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(parts);
  const bytes = new Uint8Array(16 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, REQUEST | (type === RTM.getLink ? 0 : ACKNOWLEDGE) | flags, true);
  bytes.set(body, 16);
  return bytes;
}

function linkHeader(index: number, up: boolean): Uint8Array {
  return concatBytes([word(0), word(index), word(up ? IS_UP : 0), word(up ? IS_UP : 0)]);
}

function info(kind: string, data: readonly Uint8Array[]): Uint8Array {
  return attribute(IFLA.info | NESTED, attribute(INFO.kind, text(kind)), ...(data.length === 0 ? [] : [attribute(INFO.data | NESTED, ...data)]));
}

/** Padded to words; its length says how much of it counts. */
function attribute(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(parts);
  const length = 4 + body.length;
  const bytes = new Uint8Array(Math.ceil(length / 4) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, length, true);
  view.setUint16(2, type, true);
  bytes.set(body, 4);
  return bytes;
}

function text(value: string): Uint8Array {
  return encodeUtf8(`${value}\0`);
}

function word(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}

function bigEndian(value: number): Uint8Array {
  return word(value).toReversed();
}
