// Reading a container's log for a client, to its end or on and on as it grows, through rotations.

import { deferred, orCancelled } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { OpenFile } from '@drover/host';
import type { Container } from '../container/container.ts';
import { isAlive } from '../container/container-states.ts';
import type { Engine } from '../engine.ts';
import { findNextLogFile, findTailPosition, listLogFiles } from './log-files.ts';
import type { LogPiece, LogSelection } from './log-lines.ts';
import { LogLines } from './log-lines.ts';

export interface LogRequest extends LogSelection {
  readonly follow: boolean;
  /** Undefined: all of it. */
  readonly tail: number | undefined;
}

const BLOCK_BYTES = 64 << 10;
/** Should a notice of the kernel be missing. */
const LOOK_AGAIN_MS = 1000;

/** Resolves at the end of the log; when following, at the end of the container. `send` is the back-pressure. */
export async function readLog(engine: Engine, container: Container, request: LogRequest, send: (piece: LogPiece) => Promise<void>, cancel: Cancel): Promise<void> {
  const cursor = openCursor(engine, container, request.tail);
  const lines = new LogLines(request);
  const block = new Uint8Array(BLOCK_BYTES);
  try {
    for (;;) {
      const follows = request.follow && isAlive(container.status); // before reading: what comes after its end is read below
      while (!cancel.cancelled && !lines.isPast) {
        const got = cursor.read(block);
        if (got === 0) break;
        for (const piece of lines.take(block.slice(0, got))) await send(piece);
      }
      if (cancel.cancelled || lines.isPast || !follows) return;
      await cursor.waitForMore(cancel);
    }
  } finally {
    cursor.close();
  }
}

interface Cursor {
  /** 0: nothing more for now. */
  read(into: Uint8Array): number;
  waitForMore(cancel: Cancel): Promise<void>;
  close(): void;
}

function openCursor(engine: Engine, container: Container, tail: number | undefined): Cursor {
  const { files, clock } = engine.host;
  const path = engine.paths.log(container.id);
  const from = tail === undefined ? { path: listLogFiles(files, path)[0], offset: 0 } : findTailPosition(files, path, tail);
  let current = from?.path === undefined ? undefined : openAt(engine, from.path);
  let offset = from?.offset ?? 0;

  const advance = (): boolean => {
    const next = current === undefined ? listLogFiles(files, path)[0] : findNextLogFile(files, path, current.inode);
    if (next === undefined) return false;
    const opened = openAt(engine, next);
    if (opened === undefined) return false;
    current?.file.close();
    current = opened;
    offset = 0;
    return true;
  };

  return {
    read(into) {
      for (;;) {
        const got = current?.file.readAt(into, offset) ?? 0;
        offset += got;
        if (got > 0) return got;
        // What follows exists: then this file is complete, and what came into it since the read above is still to be had.
        const last = current !== undefined && findNextLogFile(files, path, current.inode) !== undefined ? current.file.readAt(into, offset) : 0;
        offset += last;
        if (last > 0) return last;
        if (!advance()) return 0;
      }
    },
    async waitForMore(cancel) {
      const woken = deferred();
      const wake = (): void => woken.resolve();
      const watch = current === undefined ? undefined : files.watchFile(current.path, wake);
      container.logListeners.add(wake);
      try {
        const grown = current !== undefined && current.file.sizeBytes() > offset;
        if (!grown) await orCancelled(Promise.race([woken.promise, clock.sleep(LOOK_AGAIN_MS, cancel)]), cancel).catch(() => undefined);
      } finally {
        container.logListeners.delete(wake);
        watch?.close();
      }
    },
    close: () => current?.file.close(),
  };
}

interface Opened {
  readonly path: string;
  readonly file: OpenFile;
  readonly inode: number;
}

/** Undefined when it was rotated away just now. */
function openAt({ host }: Engine, path: string): Opened | undefined {
  const inode = host.files.stat(path)?.inode;
  if (inode === undefined) return undefined;
  const file = host.files.open(path, 'read');
  if (host.files.stat(path)?.inode === inode) return { path, file, inode };
  file.close();
  return openAt({ host } as Engine, path);
}
