// Shows that the same lock and the same sources give the same bytes: builds everything a second time, from a copy of
// the repository in another folder, with an empty cache, under another umask, time zone, locale and home, and
// compares the checksums of all products. Only the downloaded packages are shared: the lock has their digests.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { formatMs, RosError } from '@drover/core';
import { build } from './build.ts';
import type { Lock } from './debian/lock.ts';
import type { Workspace } from './workspace.ts';

/** Everything that products are built from. */
const SOURCES = ['builder', 'images', 'native', 'os', 'packages', 'tools', 'package.json', 'package-lock.json', 'tsconfig.base.json'];

const ENVIRONMENT = { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: '', HOME: '/nonexistent', USER: 'nobody', SOURCE_DATE_EPOCH: '1' };

export async function verifyReproducible(workspace: Workspace, lock: Lock): Promise<void> {
  await build(workspace, lock, ['all']);
  const first = readFileSync(join(workspace.dist, 'SHA256SUMS'), 'utf8');
  const copy = join(workspace.cache, 'reproducible', 'another-place', 'drover');
  rmSync(copy, { recursive: true, force: true });
  copySources(workspace, copy);
  const started = Date.now();
  const script = 'umask 077; exec "$@"';
  const command = [process.execPath, join(copy, 'tools/run.mjs'), 'builder/src/main.ts', 'build', 'all'];
  const { status } = spawnSync('sh', ['-c', script, 'sh', ...command], { cwd: '/', stdio: 'inherit', env: { ...process.env, ...ENVIRONMENT } });
  if (status !== 0) throw new RosError('build-failed', 'the second build failed', { hint: 'see its last lines above' });
  const dist = join(copy, 'dist', workspace.architecture);
  const differing = differingProducts(first, readFileSync(join(dist, 'SHA256SUMS'), 'utf8'));
  if (differing.length > 0) {
    throw new RosError('not-reproducible', `two builds from the same lock differ in ${differing.join(', ')}`, { hint: `compare ${workspace.dist} with ${dist}` });
  }
  console.log(`the same bytes twice, second build in ${formatMs(Date.now() - started)}`);
  rmSync(join(workspace.cache, 'reproducible'), { recursive: true, force: true });
}

function copySources(workspace: Workspace, copy: string): void {
  mkdirSync(join(copy, '.cache'), { recursive: true });
  for (const path of SOURCES) cpSync(join(workspace.root, path), join(copy, path), { recursive: true, verbatimSymlinks: true });
  symlinkSync(join(workspace.cache, 'debs'), join(copy, '.cache/debs'));
  // Our own packages by their relative links, so that they lead into the copy; all others from where they are.
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(workspace.root, 'node_modules'))) {
    const from = join(workspace.root, 'node_modules', name);
    if (name === '@drover') cpSync(from, join(copy, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(from, join(copy, 'node_modules', name));
  }
}

/** Names of the files whose lines in the two SHA256SUMS are not the same. */
export function differingProducts(one: string, other: string): string[] {
  const read = (text: string): Map<string, string> =>
    new Map(text.trim().split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  const [a, b] = [read(one), read(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name)).sort();
}
