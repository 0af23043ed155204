// Getting packages from the mirror: mmdebstrap resolves, checks signatures and downloads; the lock pins the outcome.

import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RosError } from '@drover/core';
import { step } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import type { Workspace } from '../workspace.ts';
import { fetchArchives } from './archives.ts';
import type { Lock, LockedPackage, PackageSection } from './lock.ts';
import { PACKAGE_SECTIONS } from './lock.ts';
import { SUITE, sourcesList, wantedPackages } from './packages.ts';
import { digestOf, mmdebstrapMode, openStore, STALE_HINT } from './store.ts';

export function debPath(workspace: Workspace, one: LockedPackage): string {
  return join(openStore(workspace), `${one.sha256}.deb`);
}

/** Resolves a section from scratch: what the mirror has today. */
export async function resolveSection(workspace: Workspace, section: PackageSection): Promise<LockedPackage[]> {
  return step(`resolving ${section} packages`, () => download(workspace, wantedPackages(section, workspace.architecture)));
}

/** Makes sure that every package of the lock is in the store, byte for byte. */
export async function fetchLocked(workspace: Workspace, lock: Lock): Promise<void> {
  for (const section of PACKAGE_SECTIONS) {
    const missing = lock.sections[section].filter((one) => !existsSync(debPath(workspace, one)));
    if (missing.length === 0) continue;
    await step(`downloading ${missing.length} ${section} packages from Debian ${SUITE}`, async () => {
      const pinned = lock.sections[section].map((one) => `${one.name}=${one.version}`);
      const got = new Set((await download(workspace, pinned)).map((one) => one.sha256));
      const wrong = missing.filter((one) => !got.has(one.sha256));
      if (wrong.length > 0) {
        const names = wrong.map((one) => `${one.name} ${one.version}`).join(', ');
        throw new RosError('lock-mismatch', `the mirror's packages are not those of packages.lock: ${names}`, { hint: STALE_HINT });
      }
    });
  }
  await fetchArchives(workspace, lock);
}

async function download(workspace: Workspace, include: readonly string[]): Promise<LockedPackage[]> {
  const work = join(workspace.cache, `mmdebstrap-${process.pid}`);
  const out = `${work}-debs`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  try {
    await runCommand(
      [
        'mmdebstrap', '--quiet', '--variant=extract', mmdebstrapMode(),
        `--architectures=${workspace.architecture}`,
        `--include=${include.join(',')}`,
        '--skip=download/empty', '--skip=essential/unlink', '--skip=cleanup/apt/cache',
        `--extract-hook=copy-out /var/cache/apt/archives ${out}`,
        SUITE, `${work}.tar`, ...sourcesList(process.env),
      ],
      { hint: STALE_HINT },
    );
    const archives = join(out, 'archives');
    return readdirSync(archives).filter((name) => name.endsWith('.deb')).map((name) => keep(workspace, join(archives, name))).sort(byName);
  } finally {
    for (const path of [out, `${work}.tar`]) rmSync(path, { recursive: true, force: true });
  }
}

function byName(a: LockedPackage, b: LockedPackage): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** File names in apt's cache are NAME_VERSION_ARCH.deb, with ":" as %3a. */
function keep(workspace: Workspace, file: string): LockedPackage {
  const [name, version, architecture] = basename(file, '.deb').split('_').map(decodeURIComponent);
  const one: LockedPackage = { name: name!, version: version!, architecture: architecture!, sha256: digestOf(file) };
  const target = debPath(workspace, one);
  if (!existsSync(target)) {
    const aside = `${target}.${process.pid}`;
    try {
      linkSync(file, aside);
    } catch {
      copyFileSync(file, aside); // another file system
    }
    renameSync(aside, target);
  }
  return one;
}
