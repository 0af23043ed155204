// The host port on Node: for the builder, the tests and other tools. Not a SystemHost: Node has no mounts.

import { createHash, randomBytes } from 'node:crypto';
import { deferred } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { Clock, Host } from '@drover/host';
import { NodeFiles } from './node-files.ts';
import { NodeProcesses } from './node-processes.ts';
import { NodeSockets } from './node-sockets.ts';

export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep(ms: number, cancel?: Cancel): Promise<void> {
    if (cancel?.reason !== undefined) return Promise.reject(cancel.reason);
    const done = deferred();
    const timer = setTimeout(() => {
      leave?.();
      done.resolve();
    }, ms);
    const leave = cancel?.onCancel((reason) => {
      clearTimeout(timer);
      done.reject(reason);
    });
    return done.promise;
  },
};

export function createNodeHost(): Host {
  return {
    files: new NodeFiles(),
    processes: new NodeProcesses(),
    sockets: new NodeSockets(),
    clock: nodeClock,
    random: (length) => new Uint8Array(randomBytes(length)),
    sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  };
}
