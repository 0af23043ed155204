// `docker diff`: what a container has changed in its file system, read from its own layer.

import { join } from '@drover/core';
import type { Files, FileStatus } from '@drover/host';

/** As the API numbers them. */
export const CHANGED = 0;
export const ADDED = 1;
export const DELETED = 2;

export interface FileChange {
  readonly Path: string;
  readonly Kind: typeof CHANGED | typeof ADDED | typeof DELETED;
}

/** `layers`: below the container's own, the lowest first. Sorted by path. */
export function readChanges(files: Files, upper: string, layers: readonly string[]): FileChange[] {
  const below = (path: string): FileStatus | undefined => findBelow(files, layers, path);
  return changesIn(files, upper, '/', below);
}

/** In the uppermost layer that has it; whiteouts hide what is further down. */
function findBelow(files: Files, layers: readonly string[], path: string): FileStatus | undefined {
  for (const layer of layers.toReversed()) {
    const status = files.lstat(join(layer, path));
    if (status !== undefined) return isWhiteout(status) ? undefined : status;
  }
  return undefined;
}

function isWhiteout({ type, major, minor }: FileStatus): boolean {
  return type === 'character' && major === 0 && minor === 0;
}

function changesIn(files: Files, upper: string, folder: string, below: (path: string) => FileStatus | undefined): FileChange[] {
  return files.list(join(upper, folder)).flatMap((name) => {
    const path = join(folder, name);
    const status = files.lstat(join(upper, path));
    if (status === undefined) return [];
    const before = below(path);
    if (isWhiteout(status)) return before === undefined ? [] : [{ Path: path, Kind: DELETED }];
    const inner = status.type === 'directory' ? changesIn(files, upper, path, below) : [];
    // A folder that only had to be there for what is in it.
    const same = before?.type === 'directory' && status.type === 'directory' && before.mode === status.mode && before.mtimeMs === status.mtimeMs && inner.length === 0;
    if (same) return [];
    return [{ Path: path, Kind: before === undefined ? ADDED : CHANGED }, ...inner];
  });
}
