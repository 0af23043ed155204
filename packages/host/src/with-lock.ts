// Work that one process at a time does, whichever of ours it is: waiting for the lock that another one has.

import type { SystemHost } from './system-host.ts';

const POLL_MS = 20;

export type LockHost = Pick<SystemHost, 'clock' | 'kernel'>;

/** `path`: the lock's file, in a folder that is there. `late`: what to say after `limitMs`. `work` must not lock again. */
export async function withLock<T>({ clock, kernel }: LockHost, path: string, limitMs: number, late: () => Error, work: () => Promise<T> | T): Promise<T> {
  const deadline = clock.monotonic() + limitMs;
  let lock = kernel.tryLock(path);
  while (lock === undefined) {
    if (clock.monotonic() > deadline) throw late();
    await clock.sleep(POLL_MS);
    lock = kernel.tryLock(path);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
