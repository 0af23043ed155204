// `dhcpcd-run-hooks`: called by dhcpcd with what happened to a link, in variables. Keeps what was leased, writes
// /etc/resolv.conf, and takes the host name of the DHCP server when the configuration has none.

import type { Files } from '@drover/host';
import type { AppletContext } from '../applet.ts';
import { readRunningConfiguration } from '../boot/running-configuration.ts';
import { RUNNING_CONFIG } from '../names.ts';
import { setHostName } from '../network/host-name.ts';
import { parseLeaseEvent, recordLease } from '../network/lease.ts';
import { readState, updateResolvConf, withNetworkLocked } from '../network/network-state.ts';

export async function main({ host }: AppletContext): Promise<number> {
  const event = parseLeaseEvent((name) => host.processes.env(name));
  if (event === undefined) return 0;
  await withNetworkLocked(host, () => {
    const state = readState(host);
    if (state === undefined) return;
    recordLease(host.files, event);
    updateResolvConf(host.files, state);
    const name = event.what === 'held' ? event.lease.hostName : undefined;
    if (name !== undefined && name !== host.kernel.hostName() && !state.hasHostName && !hasNameNow(host.files)) setHostName(host, name);
  });
  return 0;
}

/** Metadata and `ros config apply` may have brought a name since the network service read the configuration. */
function hasNameNow(files: Files): boolean {
  return files.exists(RUNNING_CONFIG) && readRunningConfiguration({ files }).hostname !== undefined;
}
