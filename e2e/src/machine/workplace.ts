// What machines have in common: where their files go, how they are accelerated, the key that opens them.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workspace } from '@drover/builder';
import { runCommand } from '@drover/builder';
import type { Accelerator } from './accelerator.ts';

export interface Workplace {
  readonly workspace: Workspace;
  readonly accelerator: Accelerator;
  /** `.cache/run`: artifacts, a folder a scenario. */
  readonly folder: string;
  /** Unix sockets live here: their paths must be short. */
  readonly sockets: string;
  readonly keyFile: string;
  readonly publicKey: string;
  /** Process ids of the machines that run; to be ended with this program. */
  readonly running: Set<number>;
  /** Boots of the product that a scenario waited for to the end; one that does not come up fails its scenario. */
  readonly boots: { up: number };
}

export async function openWorkplace(workspace: Workspace, accelerator: Accelerator): Promise<Workplace> {
  const folder = join(workspace.cache, 'run');
  mkdirSync(folder, { recursive: true });
  const keyFile = join(folder, 'key');
  if (!existsSync(keyFile)) await runCommand(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'drover-run', '-f', keyFile]);
  const publicKey = readFileSync(`${keyFile}.pub`, 'utf8').trim();
  return { workspace, accelerator, folder, keyFile, publicKey, sockets: mkdtempSync(join(tmpdir(), 'drover-')), running: new Set(), boots: { up: 0 } };
}

/** Ends what still runs and removes the sockets. */
export function closeWorkplace(place: Workplace): void {
  for (const pid of place.running) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended by itself
    }
  }
  place.running.clear();
  rmSync(place.sockets, { recursive: true, force: true });
}
