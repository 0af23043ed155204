// Writes packages.lock anew from what the mirror has today.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace.ts';
import { resolveSection } from './fetch.ts';
import { resolveArchives } from './archives.ts';
import { renderLock } from './lock.ts';
import { LOCK_FILE } from './read-lock.ts';

export async function updateLock(workspace: Workspace): Promise<void> {
  const sections = { system: await resolveSection(workspace, 'system'), toolchain: await resolveSection(workspace, 'toolchain'), ...(await resolveArchives(workspace)) };
  writeFileSync(join(workspace.root, LOCK_FILE), renderLock({ date: new Date().toISOString().slice(0, 10), sections }));
}
