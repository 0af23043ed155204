// The builder's command line: `./dev build [PRODUCT...]`, `./dev update-lock`, and the test of reproducibility.

import { explain, hintOf } from '@drover/core';
import { parseCommand } from './command.ts';
import type { Command } from './command.ts';
import { build } from './build.ts';
import { readLock } from './debian/read-lock.ts';
import { updateLock } from './debian/update-lock.ts';
import { verifyReproducible } from './reproducible.ts';
import type { Workspace } from './workspace.ts';
import { openWorkspace } from './workspace.ts';

const EXECUTE: Readonly<Record<Command['name'], (workspace: Workspace, command: Command) => Promise<void>>> = {
  build: (workspace, { products }) => build(workspace, readLock(workspace), products),
  'update-lock': (workspace) => updateLock(workspace),
  'verify-reproducible': (workspace) => verifyReproducible(workspace, readLock(workspace)),
};

async function main(): Promise<void> {
  process.umask(0o022); // what is built must not depend on the caller's
  const command = parseCommand(process.argv.slice(2));
  await EXECUTE[command.name](openWorkspace(), command);
}

main().catch((error: unknown) => {
  console.error(`error: ${explain(error)}`);
  const hint = hintOf(error);
  if (hint !== undefined) console.error(`  hint: ${hint}`);
  process.exit((error as { code?: unknown }).code === 'usage' ? 2 : 1);
});
