// What every adapter of the host port must do, as a table. Portable: the same rows are run on Node and, in the `ros`
// binary, on QuickJS.

import type { Host } from '../host.ts';

export interface Behaviour {
  readonly title: string;
  /** `folder` is empty and its own. */
  readonly check: (host: Host, folder: string) => void | Promise<void>;
}

/** Waits for what another process or the kernel brings about. */
export async function until(host: Host, what: () => boolean): Promise<void> {
  for (let left = 200; left > 0 && !what(); left -= 1) await host.clock.sleep(10);
}
