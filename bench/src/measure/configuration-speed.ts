// How long a cloud-config of 2,000 lines takes, in the QuickJS of the product. On this machine and not in an emulated one.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RosError } from '@drover/core';
import { runCommand } from '@drover/builder';
import type { Workspace } from '@drover/builder';
import { renderMarkdownTable } from '../report/report.ts';

const LINES = 2000;
const BOUND_MS = 50;

interface Figures {
  readonly bytes: number;
  readonly yamlMs: number;
  readonly wholeMs: number;
}

const PROGRAM = `
import './packages/host-quickjs/src/prelude.ts';
import { exit } from 'ros:loop';
import { makeLargeConfiguration, measureSpeed } from './packages/cloud-config/src/speed/measure-speed.ts';
const text = makeLargeConfiguration(${LINES});
globalThis.__ros.out(JSON.stringify({ bytes: text.length, ...measureSpeed(text, 25) }));
exit(0);
`;

export async function measureConfigurationSpeed(workspace: Workspace): Promise<string> {
  const { bytes, yamlMs, wholeMs } = await measure(workspace);
  const row = (what: string, ms: number, bound = ''): string[] => [what, `${ms} ms`, bound];
  return renderMarkdownTable([`${LINES} lines, ${(bytes / 1000).toFixed(0)} kB`, 'best of 25', 'bound'], [
    row('read as YAML', yamlMs),
    row('read, checked, merged, typed', wholeMs, `${BOUND_MS} ms`),
  ]);
}

async function measure(workspace: Workspace): Promise<Figures> {
  await runCommand([process.execPath, join(workspace.root, 'tools/run.mjs'), 'builder/src/main.ts', 'build', 'ros-test'], { cwd: workspace.root });
  const { bundleForQuickjs } = (await import(pathToFileURL(join(workspace.root, 'tools/bundle.mjs')).href)) as typeof import('../../../tools/bundle.mjs');
  const program = join(workspace.cache, 'run', 'configuration-speed.js');
  await bundleForQuickjs({ stdin: { contents: PROGRAM, resolveDir: workspace.root, loader: 'ts' }, outfile: program });
  const { status, stdout } = spawnSync(join(workspace.cache, 'native', 'ros-test'), [program], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) throw new RosError('bench', `ros-test ended with ${status ?? 'a signal'}`);
  return JSON.parse(stdout) as Figures;
}
