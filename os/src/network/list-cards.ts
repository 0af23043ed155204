// The network cards that are there.

import type { Files } from '@drover/host';

export const LINKS = '/sys/class/net';

/** Names of the links with a device behind them, sorted: no bridges, no loopback. */
export function listCards(files: Files): string[] {
  return files.list(LINKS).filter((name) => files.exists(`${LINKS}/${name}/device`));
}
