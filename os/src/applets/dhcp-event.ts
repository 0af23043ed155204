// `dhcpcd-run-hooks`: called by dhcpcd with what happened to a link, in variables. Keeps what was leased, writes
// /etc/resolv.conf, and takes the host name of the DHCP server when the configuration has none.

import type { AppletContext } from '../applet.ts';
import { setHostName } from '../network/host-name.ts';
import { parseLeaseEvent, recordLease } from '../network/lease.ts';
import { readState, updateResolvConf } from '../network/network-state.ts';

export function main({ host }: AppletContext): Promise<number> {
  const event = parseLeaseEvent((name) => host.processes.env(name));
  const state = readState(host);
  if (event === undefined || state === undefined) return Promise.resolve(0);
  recordLease(host.files, event);
  updateResolvConf(host.files, state);
  const name = event.what === 'held' ? event.lease.hostName : undefined;
  if (name !== undefined && !state.hasHostName && name !== host.kernel.hostName()) setHostName(host, name);
  return Promise.resolve(0);
}
