// Downloads, kept by digest; and what every call of the mirror has in common.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace.ts';

export function openStore(workspace: Workspace): string {
  const path = join(workspace.cache, 'debs');
  mkdirSync(path, { recursive: true });
  return path;
}

export function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** mmdebstrap's way of owning files: a user namespace takes root's place. */
export function mmdebstrapMode(): string {
  return `--mode=${process.getuid?.() === 0 ? 'root' : 'unshare'}`;
}

export const STALE_HINT =
  'the mirror may have moved on: run ./dev update-lock, or set DROVER_MIRROR and DROVER_SECURITY_MIRROR to a snapshot.debian.org date at or after the one in packages.lock';
