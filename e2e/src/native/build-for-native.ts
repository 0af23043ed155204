// The products that a native machine is made of.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Workspace } from '@drover/builder';

export function buildForNative(workspace: Workspace): void {
  const { status } = spawnSync(process.execPath, [join(workspace.root, 'tools/run.mjs'), 'builder/src/main.ts', 'build', 'ros', 'rootfs'], { stdio: 'inherit', cwd: workspace.root });
  if (status !== 0) throw new RosError('build-failed', 'the build failed', { hint: 'see its last lines above' });
}
