// Starting one system container through System Docker, against crun alone with the same bundle, in turns. On this
// machine and not in an emulated one, where the start of the docker command hides what is compared.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Workspace } from '@drover/builder';
import type { NativeFigures } from '@drover/e2e';
import { renderMarkdownTable } from '../report/report.ts';

const PROGRAM = 'e2e/src/native/bench.ts';

/** In a process of its own: it enters namespaces. */
export function measureContainerStart(workspace: Workspace): string {
  const { status, stdout } = spawnSync(process.execPath, [join(workspace.root, 'tools/run.mjs'), PROGRAM, '--json'], { cwd: workspace.root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) throw new RosError('bench', `${PROGRAM} ended with ${status ?? 'a signal'}`, { hint: 'it needs root' });
  const { start, memory, busyDaemonMs } = JSON.parse(stdout) as NativeFigures;
  const row = (what: string, ms: number, bound = ''): string[] => [what, `${ms.toFixed(1)} ms`, `${(ms / start.crunRunMs).toFixed(2)}x`, bound];
  return renderMarkdownTable(['what', 'time', 'against crun run', 'bound'], [
    row('crun run of true', start.crunRunMs),
    row('start to running', start.startMs, '3x'),
    row('create and start', start.createMs + start.startMs),
    row('create, start, end, removed', start.runToEndMs),
    row('docker run --rm, its command line included', start.dockerRunMs),
    ['System Docker to its first answer, six containers', `${busyDaemonMs.toFixed(1)} ms`, '', ''],
    ['resident memory of System Docker, six containers', `${memory.residentKb} kB`, '', ''],
  ]);
}
