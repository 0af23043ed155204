// What is known of the network between one run of `ros netconf` and the next, and to what dhcpcd calls. Gone with the
// boot. The two run side by side: whoever changes leases, the state or /etc/resolv.conf holds the lock.

import type { Configuration } from '@drover/cloud-config';
import { RosError } from '@drover/core';
import type { Files, Host, LockHost } from '@drover/host';
import { withLock } from '@drover/host';
import { readLeases } from './lease.ts';
import type { Applied } from './network-step.ts';
import type { Dns } from './resolv-conf.ts';
import { renderResolvConf, writeResolvConf } from './resolv-conf.ts';

const STATE = '/run/ros/network.json';
const LOCK = '/run/ros/network.lock';
const LIMIT_MS = 20_000;

export interface NetworkState {
  readonly dns: Dns;
  readonly defaultDns: Pick<Dns, 'nameservers' | 'search'>;
  /** The name was given, so that DHCP's is not taken. */
  readonly hasHostName: boolean;
  readonly asksDhcp: boolean;
  readonly applied: Applied;
}

export function makeState({ hostname, rancher }: Configuration, asksDhcp: boolean, applied: Applied): NetworkState {
  return { dns: rancher.network.dns, defaultDns: rancher.defaults.network.dns, hasHostName: hostname !== undefined, asksDhcp, applied };
}

/** Undefined before the first run of this boot. */
export function readState({ files }: Pick<Host, 'files'>): NetworkState | undefined {
  const text = files.readTextIfPresent(STATE);
  return text === undefined ? undefined : (JSON.parse(text) as NetworkState);
}

export function writeState({ files }: Pick<Host, 'files'>, state: NetworkState): void {
  files.replace(STATE, JSON.stringify(state));
}

export function updateResolvConf(files: Files, { dns, defaultDns, asksDhcp }: NetworkState): void {
  const leases = readLeases(files);
  writeResolvConf(files, renderResolvConf({ configured: dns, defaults: defaultDns, isComplete: !asksDhcp || leases.length > 0, leases }));
}

export function withNetworkLocked<T>(host: LockHost, work: () => T): Promise<T> {
  return withLock(host, LOCK, LIMIT_MS, () => new RosError('network-busy', `${LOCK} has been held by another ros for ${LIMIT_MS / 1000} s`), work);
}
