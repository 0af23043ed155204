// Changes of cloud-config.yml one after the other: two that read it at the same time would lose one of them.

import { dirname, RosError } from '@drover/core';
import type { LockHost } from '@drover/host';
import { withLock } from '@drover/host';
import type { ConfigHost } from './config-store.ts';

export type WriterHost = ConfigHost & LockHost;

const LOCK = '/run/ros/cloud-config.lock';
const LIMIT_MS = 20_000;

/** `work` must not lock again. */
export async function withConfigurationLocked<T>(host: WriterHost, work: () => Promise<T>): Promise<T> {
  host.files.makeDirectory(dirname(LOCK));
  const late = (): Error => new RosError('configuration-busy', `another program has been changing the configuration for ${LIMIT_MS / 1000} s`, { hint: 'ps shows which ros still runs; nothing was changed' });
  return withLock(host, LOCK, LIMIT_MS, late, work);
}
