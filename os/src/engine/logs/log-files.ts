// The files of one log: container.log, which conmon writes, and older ones, container.log.1 the youngest of them.
// INVARIANT: once container.log exists again after a rotation, nothing more is written to container.log.1.

import type { Files, OpenFile } from '@drover/host';
import { findTail } from './log-lines.ts';

const MOST_FILES = 1000;

/** Existing files, the oldest first. An engine that was killed while it renamed them has left out one number. */
export function listLogFiles(files: Files, path: string): string[] {
  const exists = (i: number): boolean => files.exists(`${path}.${i}`);
  const older: string[] = [];
  for (let i = 1; i < MOST_FILES && (exists(i) || exists(i + 1)); i += 1) if (exists(i)) older.unshift(`${path}.${i}`);
  return files.exists(path) ? [...older, path] : older;
}

/** Up to here the older files move on by one at a rotation: the place behind the oldest, or one that was left out. */
export function findFreeLogNumber(files: Files, path: string): number {
  let free = 1;
  while (files.exists(`${path}.${free}`)) free += 1;
  return free;
}

/** The newer neighbour of the file with this inode; the oldest of all when it is gone; undefined when there is none. */
export function findNextLogFile(files: Files, path: string, inode: number): string | undefined {
  const all = listLogFiles(files, path);
  const at = all.findIndex((one) => files.stat(one)?.inode === inode);
  return at < 0 ? all[0] : all[at + 1];
}

export interface LogPosition {
  readonly path: string;
  readonly offset: number;
}

const BLOCK_BYTES = 64 << 10;

/** Where the last `count` lines begin. Reads from the end, so that a long log costs no more than a short one. */
export function findTailPosition(files: Files, path: string, count: number): LogPosition | undefined {
  const all = listLogFiles(files, path).toReversed();
  if (count === 0) return all[0] === undefined ? undefined : { path: all[0], offset: files.stat(all[0])?.sizeBytes ?? 0 };
  let left = count;
  let position: LogPosition | undefined;
  for (const one of all) {
    const file = files.open(one, 'read');
    try {
      const { offset, found } = tailOf(file, left);
      position = { path: one, offset };
      left -= found;
      if (offset > 0 || left === 0) return position;
    } finally {
      file.close();
    }
  }
  return position;
}

function tailOf(file: OpenFile, count: number): { readonly offset: number; readonly found: number } {
  const size = file.sizeBytes();
  // Grows the part it looks at until it holds enough lines: an entry may be cut at the beginning of the part.
  for (let span = BLOCK_BYTES; ; span *= 4) {
    const start = Math.max(0, size - span);
    const bytes = new Uint8Array(size - start);
    const got = file.readAt(bytes, start);
    const block = bytes.subarray(0, got);
    const first = start === 0 ? 0 : block.indexOf(10) + 1;
    const { at, found } = findTail(block.subarray(first), count);
    if (found === count || start === 0) return { offset: start + first + at, found };
  }
}
