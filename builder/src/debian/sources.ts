// Upstream archives of Debian source packages, for the few programs that we compile ourselves. apt finds them in its
// signed index when the lock is written; from then on the lock's digest vouches for them.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import { step } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import type { Workspace } from '../workspace.ts';
import type { Lock, LockedPackage } from './lock.ts';
import { mirrorAddress, sourcesList, SUITE, WANTED_SOURCES } from './packages.ts';
import { digestOf, mmdebstrapMode, openStore, STALE_HINT } from './store.ts';

const APT_HELPER = '/usr/lib/apt/apt-helper';

/** The archive in the store of downloads. */
export function sourceArchive(workspace: Workspace, one: LockedPackage): string {
  return join(openStore(workspace), `${one.sha256}.${one.architecture}`);
}

export function lockedSource(lock: Lock, name: string): LockedPackage {
  const found = lock.sections.sources.find((one) => one.name === name);
  if (found === undefined) throw new RosError('source-unknown', `packages.lock has no source ${name}`, { hint: 'run ./dev update-lock' });
  return found;
}

/** What the mirror has today. */
export async function resolveSources(workspace: Workspace): Promise<LockedPackage[]> {
  return step('resolving sources', async () => {
    const out = join(workspace.cache, `sources-${process.pid}`);
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    try {
      const lines = sourcesList(process.env).flatMap((line) => [line, line.replace(/^deb /, 'deb-src ')]);
      const hook = `cd "$OUT" && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --quiet=2 source --download-only --tar-only ${WANTED_SOURCES.join(' ')}`;
      await runCommand(
        ['mmdebstrap', '--quiet', '--variant=custom', mmdebstrapMode(), `--customize-hook=${hook}`, SUITE, `${out}.tar`, ...lines],
        { env: { OUT: out } },
      );
      return readdirSync(out).sort().map((name) => keepArchive(workspace, join(out, name), name));
    } finally {
      for (const path of [out, `${out}.tar`]) rmSync(path, { recursive: true, force: true });
    }
  });
}

/** Names in the pool are NAME_VERSION.orig.tar.xz. */
function keepArchive(workspace: Workspace, file: string, name: string): LockedPackage {
  const found = /^([^_]+)_(.+)\.(orig\.tar\.\w+)$/.exec(name);
  if (found === null) throw new RosError('source-name', `apt brought ${name}, which is no upstream archive`);
  const one: LockedPackage = { name: found[1]!, version: found[2]!, architecture: found[3]!, sha256: digestOf(file) };
  renameSync(file, sourceArchive(workspace, one));
  return one;
}

/** Makes sure that every archive of the lock is in the store, byte for byte. */
export async function fetchSources(workspace: Workspace, lock: Lock): Promise<void> {
  for (const one of lock.sections.sources) {
    const target = sourceArchive(workspace, one);
    if (existsSync(target)) continue;
    await step(`downloading the source of ${one.name}`, async () => {
      const aside = `${target}.${process.pid}`;
      // apt's own download: its proxies, its retries, its check of the digest.
      await runCommand([APT_HELPER, 'download-file', poolAddress(one), aside, `SHA256:${one.sha256}`], { hint: STALE_HINT });
      renameSync(aside, target);
    });
  }
}

function poolAddress({ name, version, architecture }: LockedPackage): string {
  const prefix = name.startsWith('lib') ? name.slice(0, 4) : name.slice(0, 1);
  return `${mirrorAddress(process.env)}/pool/main/${prefix}/${name}/${name}_${version}.${architecture}`;
}
