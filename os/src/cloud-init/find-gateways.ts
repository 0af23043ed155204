// The routers of this machine's networks.

import type { Files } from '@drover/host';

/** From the kernel's table (proc(5)): addresses in hexadecimal, their first byte last. */
export function findGateways(files: Pick<Files, 'readTextIfPresent'>): string[] {
  const rows = (files.readTextIfPresent('/proc/net/route') ?? '').split('\n').slice(1).map((row) => row.split(/\s+/));
  const gateways = rows.flatMap(([, destination, gateway]) => (destination === '00000000' && /^[0-9A-F]{8}$/.test(gateway ?? '') ? [gateway!] : []));
  return [...new Set(gateways)].map((hex) => [6, 4, 2, 0].map((at) => parseInt(hex.slice(at, at + 2), 16)).join('.'));
}
