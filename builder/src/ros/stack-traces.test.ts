import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { readLock } from '../debian/read-lock.ts';
import { openToolchain } from '../toolchain/toolchain.ts';
import { openWorkspace } from '../workspace.ts';
import { buildTraceProbe } from './build-ros.ts';
import { mapPositions } from './map-positions.ts';

const PROBE = 'builder/src/ros/trace-probe/machine.ts';

test('a stack trace of a built program names functions and lines of the TypeScript sources', async () => {
  const workspace = openWorkspace();
  const probe = await buildTraceProbe(workspace, await openToolchain(workspace, readLock(workspace)));
  const { stderr, status } = spawnSync(join(probe.path, 'trace-probe'), { encoding: 'utf8' });
  const lines = readFileSync(join(workspace.root, PROBE), 'utf8').split('\n');
  const place = (comment: string): string => `${PROBE}:${lines.findIndex((line) => line.endsWith(`// ${comment}`)) + 1}`;
  const frames = stderr.split('\n').slice(1, 6).map((line) => line.trim().replace(/:\d+\)$/, ')'));
  equal(stderr.split('\n')[0], 'Error: on purpose');
  deepEqual(frames, [
    `at descend (${place('here it fails')})`,
    `at descend (${place('called from here')})`,
    `at <anonymous> (${place('the callback')})`,
    'at forEach (native)',
    `at start (${place('the loop')})`,
  ]);
  equal(status, 70);
});

test('bytecode of another QuickJS is refused', async () => {
  await rejects(() => mapPositions(Uint8Array.of(5, 0, 13), () => undefined), 'bytecode-format');
  await rejects(() => mapPositions(Uint8Array.of(4, 0, 13, 0), () => undefined), 'bytecode-format');
});
