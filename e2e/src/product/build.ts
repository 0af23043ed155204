// Building what is missing, with the builder's own progress on the terminal.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Workspace } from '@drover/builder';

export function buildProducts(workspace: Workspace): void {
  const { status } = spawnSync(process.execPath, [join(workspace.root, 'tools/run.mjs'), 'builder/src/main.ts', 'build', 'all'], { stdio: 'inherit', cwd: workspace.root });
  if (status !== 0) throw new RosError('build-failed', 'the build failed', { hint: 'see its last lines above' });
}
