// A wait that ends: with its outcome, or with an error once it has taken too long.

import { CancelSource, orCancelled } from '@drover/core';
import type { Clock } from './host.ts';

/** The work itself goes on when it is late: stopping it is the business of who asked. */
export async function withDeadline<T>(clock: Clock, work: Promise<T>, limitMs: number, late: () => Error): Promise<T> {
  const [deadline, done] = [new CancelSource(), new CancelSource()];
  void clock.sleep(limitMs, done).then(
    () => deadline.cancel(late()),
    () => undefined,
  );
  try {
    return await orCancelled(work, deadline);
  } finally {
    done.cancel();
  }
}
