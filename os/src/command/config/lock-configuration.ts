// Changes of cloud-config.yml one after the other: two that read it at the same time would lose one of them.

import { dirname, RosError } from '@drover/core';
import type { SystemHost } from '@drover/host';
import type { ConfigHost } from './config-store.ts';

export type WriterHost = ConfigHost & Pick<SystemHost, 'clock' | 'kernel'>;

const LOCK = '/run/ros/cloud-config.lock';
const LIMIT_MS = 20_000;
const POLL_MS = 20;

/** `work` must not lock again. */
export async function withConfigurationLocked<T>({ files, clock, kernel }: WriterHost, work: () => Promise<T>): Promise<T> {
  files.makeDirectory(dirname(LOCK));
  const deadline = clock.monotonic() + LIMIT_MS;
  let lock = kernel.tryLock(LOCK);
  while (lock === undefined) {
    if (clock.monotonic() > deadline) throw new RosError('configuration-busy', `another program has been changing the configuration for ${LIMIT_MS / 1000} s`, { hint: 'ps shows which ros still runs; nothing was changed' });
    await clock.sleep(POLL_MS);
    lock = kernel.tryLock(LOCK);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
