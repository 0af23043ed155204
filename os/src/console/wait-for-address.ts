// A terminal that logs in by itself shows its greeting once. Just before, DHCP gets a little time to give the address
// that stands in it.

import type { Configuration } from '@drover/cloud-config';
import type { Host } from '@drover/host';
import { readLeases } from '../network/lease.ts';
import { listCards } from '../network/list-cards.ts';
import { readState } from '../network/network-state.ts';

const LIMIT_MS = 2000;
const POLL_MS = 50;

export async function waitForAddress(host: Pick<Host, 'files' | 'clock'>, { rancher: { autologin, disable } }: Configuration): Promise<void> {
  if (autologin.length === 0 || disable.includes('autologin') || listCards(host.files).length === 0) return;
  const deadline = host.clock.monotonic() + LIMIT_MS;
  while (isAsking(host) && host.clock.monotonic() < deadline) await host.clock.sleep(POLL_MS);
}

function isAsking(host: Pick<Host, 'files'>): boolean {
  const state = readState(host);
  return state === undefined || (state.asksDhcp && !readLeases(host.files).some(({ protocol }) => protocol === 'dhcp'));
}
