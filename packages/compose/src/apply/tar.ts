// Writing tar archives (POSIX ustar, long names as GNU writes them): build contexts, and files for a container.

import { concatBytes } from '@drover/host';
import { encodeUtf8 } from '@drover/core';

export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtimeSeconds?: number;
  /** Of a symbolic link. */
  readonly target?: string;
  readonly content?: Uint8Array;
}

const BLOCK = 512;
const TYPES = { file: '0', directory: '5', symlink: '2' } as const;

/** The end of an archive. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

export function tarEntry(entry: TarEntry): Uint8Array {
  const path = encodeUtf8(entry.type === 'directory' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path);
  const target = encodeUtf8(entry.target ?? '');
  const content = entry.content ?? new Uint8Array(0);
  const parts: Uint8Array[] = [];
  for (const [long, type] of [[target, 'K'], [path, 'L']] as const) {
    if (long.length > 100) parts.push(header({ ...entry, mode: 0o644 }, encodeUtf8('././@LongLink'), new Uint8Array(0), long.length + 1, type), padded(concatBytes([long, new Uint8Array(1)])));
  }
  parts.push(header(entry, path.subarray(0, 100), target.subarray(0, 100), content.length, TYPES[entry.type]), padded(content));
  return concatBytes(parts);
}

function header(entry: TarEntry, name: Uint8Array, target: Uint8Array, size: number, type: string): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const octal = (at: number, length: number, value: number): void => block.set(encodeUtf8(value.toString(8).padStart(length - 1, '0')), at);
  block.set(name);
  octal(100, 8, entry.mode & 0o7777);
  octal(108, 8, entry.uid ?? 0);
  octal(116, 8, entry.gid ?? 0);
  octal(124, 12, size);
  octal(136, 12, Math.floor(entry.mtimeSeconds ?? 0));
  block.set(encodeUtf8('        '), 148);
  block.set(encodeUtf8(type), 156);
  block.set(target, 157);
  block.set(encodeUtf8('ustar  '), 257);
  octal(148, 7, block.reduce((sum, byte) => sum + byte, 0));
  return block;
}

function padded(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  out.set(bytes);
  return out;
}
