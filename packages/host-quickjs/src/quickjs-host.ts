// The product's adapter of the host port: QuickJS with the native modules of native/.

import { deferred } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { Clock, SystemHost } from '@drover/host';
import * as crypto from 'ros:crypto';
import * as loop from 'ros:loop';
import { QuickjsArchives } from './archives.ts';
import { quickjsCertificates } from './certificates.ts';
import { QuickjsFiles } from './files.ts';
import { QuickjsChildren, QuickjsProcesses } from './processes.ts';
import { QuickjsNetlink, QuickjsPackets, QuickjsSockets } from './sockets.ts';
import { QuickjsKernel, QuickjsMounts, QuickjsTerminals } from './system.ts';

export const quickjsClock: Clock = {
  now: () => Date.now(),
  monotonic: () => loop.monotonicMs(),
  sleep(ms: number, cancel?: Cancel): Promise<void> {
    if (cancel?.reason !== undefined) return Promise.reject(cancel.reason);
    const done = deferred();
    const timer = loop.setTimer(() => {
      leave?.();
      done.resolve();
    }, ms);
    const leave = cancel?.onCancel((reason) => {
      loop.clearTimer(timer);
      done.reject(reason);
    });
    return done.promise;
  },
};

export function createQuickjsHost(): SystemHost {
  const children = new QuickjsChildren();
  return {
    files: new QuickjsFiles(),
    processes: new QuickjsProcesses(children),
    sockets: new QuickjsSockets(),
    clock: quickjsClock,
    random(length) {
      const bytes = new Uint8Array(length);
      crypto.random(bytes);
      return bytes;
    },
    sha256: (bytes) => new Uint8Array(crypto.sha256(bytes)),
    mounts: new QuickjsMounts(),
    kernel: new QuickjsKernel(),
    terminals: new QuickjsTerminals(children),
    children,
    netlink: new QuickjsNetlink(),
    packets: new QuickjsPackets(),
    archives: new QuickjsArchives(),
    certificates: quickjsCertificates,
  };
}
