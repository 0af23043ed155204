// IPv4 addresses as numbers, to count with, and subnets.

import { parseIpAddress } from '@drover/core';

export interface Subnet {
  /** Its first address. */
  readonly base: number;
  /** Of the prefix, in bits. */
  readonly length: number;
}

/** Undefined when `text` is no IPv4 address. */
export function parseIpv4(text: string): number | undefined {
  const bytes = parseIpAddress(text);
  return bytes?.length === 4 ? bytes.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;
}

export function renderIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

export function sizeOf({ length }: Subnet): number {
  return 2 ** (32 - length);
}

/** ADDRESS/LENGTH, whatever address of it. Undefined when it is no such thing. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = '', digits = ''] = /^([^/]+)\/(\d{1,2})$/.exec(text) ?? [];
  const value = parseIpv4(address);
  const length = Number(digits);
  if (value === undefined || length > 32) return undefined;
  return { base: value - (value % 2 ** (32 - length)), length };
}

export function renderSubnet({ base, length }: Subnet): string {
  return `${renderIpv4(base)}/${length}`;
}

export function contains(subnet: Subnet, address: number): boolean {
  return address >= subnet.base && address < subnet.base + sizeOf(subnet);
}

export function overlap(one: Subnet, other: Subnet): boolean {
  return contains(one, other.base) || contains(other, one.base);
}
