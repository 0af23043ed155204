// The builder's command line: `./dev build [TARGET...]`, `./dev update-lock`.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain, hintOf, RosError } from '@drover/core';
import { build } from './build.ts';
import { resolveSection } from './debian/fetch.ts';
import type { Lock } from './debian/lock.ts';
import { parseLock, renderLock } from './debian/lock.ts';
import type { Workspace } from './workspace.ts';
import { openWorkspace } from './workspace.ts';

const LOCK = 'builder/packages.lock';

function readLock(workspace: Workspace): Lock {
  const file = join(workspace.root, LOCK);
  if (!existsSync(file)) throw new RosError('no-lock', `${LOCK} is missing`, { hint: 'run ./dev update-lock' });
  return parseLock(readFileSync(file, 'utf8'), LOCK);
}

async function updateLock(workspace: Workspace): Promise<void> {
  const sections = { system: await resolveSection(workspace, 'system'), toolchain: await resolveSection(workspace, 'toolchain') };
  writeFileSync(join(workspace.root, LOCK), renderLock({ date: new Date().toISOString().slice(0, 10), sections }));
}

async function main(args: readonly string[]): Promise<void> {
  const workspace = openWorkspace();
  const [command, ...rest] = args;
  if (command === 'update-lock') return updateLock(workspace);
  if (command !== 'build') throw new RosError('usage', `no such command: ${command ?? '(none)'}`);
  await build(workspace, readLock(workspace), rest.length === 0 ? ['all'] : rest);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`error: ${explain(error)}`);
  const hint = hintOf(error);
  if (hint !== undefined) console.error(`  hint: ${hint}`);
  process.exit(1);
});
