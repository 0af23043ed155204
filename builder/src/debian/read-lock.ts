// The lock file of the repository.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Workspace } from '../workspace.ts';
import type { Lock } from './lock.ts';
import { parseLock } from './lock.ts';

export const LOCK_FILE = 'builder/packages.lock';

export function readLock(workspace: Workspace): Lock {
  const file = join(workspace.root, LOCK_FILE);
  if (!existsSync(file)) throw new RosError('no-lock', `${LOCK_FILE} is missing`, { hint: 'run ./dev update-lock' });
  return parseLock(readFileSync(file, 'utf8'), LOCK_FILE);
}
