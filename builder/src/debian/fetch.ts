// Getting packages from the mirror: mmdebstrap resolves, checks signatures and downloads; the lock pins the outcome.

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import { step } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import type { Workspace } from '../workspace.ts';
import type { Lock, LockedPackage } from './lock.ts';
import { fetchSources } from './sources.ts';
import { SUITE, sourcesList, wantedPackages } from './packages.ts';

/** Downloaded packages by digest. */
function store(workspace: Workspace): string {
  const path = join(workspace.cache, 'debs');
  mkdirSync(path, { recursive: true });
  return path;
}

export function debPath(workspace: Workspace, one: LockedPackage): string {
  return join(store(workspace), `${one.sha256}.deb`);
}

/** Resolves a section from scratch: what the mirror has today. */
export async function resolveSection(workspace: Workspace, section: 'system' | 'toolchain'): Promise<LockedPackage[]> {
  return step(`resolving ${section} packages`, () => download(workspace, wantedPackages(section, workspace.architecture)));
}

/** Makes sure that every package of the lock is in the store, byte for byte. */
export async function fetchLocked(workspace: Workspace, lock: Lock): Promise<void> {
  for (const section of ['system', 'toolchain'] as const) {
    const missing = lock.sections[section].filter((one) => !existsSync(debPath(workspace, one)));
    if (missing.length === 0) continue;
    await step(`downloading ${missing.length} ${section} packages from Debian ${SUITE}`, async () => {
      const pinned = lock.sections[section].map((one) => `${one.name}=${one.version}`);
      const got = new Set((await download(workspace, pinned)).map((one) => one.sha256));
      const wrong = missing.filter((one) => !got.has(one.sha256));
      if (wrong.length > 0) {
        const names = wrong.map((one) => `${one.name} ${one.version}`).join(', ');
        throw new RosError('lock-mismatch', `the mirror's packages are not those of packages.lock: ${names}`, { hint: STALE });
      }
    });
  }
  await fetchSources(workspace, lock);
}

const STALE =
  'the mirror may have moved on: run ./dev update-lock, or set DROVER_MIRROR and DROVER_SECURITY_MIRROR to a snapshot.debian.org date at or after the one in packages.lock';

async function download(workspace: Workspace, include: readonly string[]): Promise<LockedPackage[]> {
  const work = join(workspace.cache, `mmdebstrap-${process.pid}`);
  const out = `${work}-debs`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  try {
    await runCommand(
      [
        'mmdebstrap', '--quiet', '--variant=extract', `--mode=${process.getuid?.() === 0 ? 'root' : 'unshare'}`,
        `--architectures=${workspace.architecture}`,
        `--include=${include.join(',')}`,
        '--skip=download/empty', '--skip=essential/unlink', '--skip=cleanup/apt/cache',
        `--extract-hook=copy-out /var/cache/apt/archives ${out}`,
        SUITE, `${work}.tar`, ...sourcesList(process.env),
      ],
      { hint: STALE },
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
  const [name, version, architecture] = file.slice(file.lastIndexOf('/') + 1, -4).split('_').map(decodeURIComponent);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const one: LockedPackage = { name: name!, version: version!, architecture: architecture!, sha256 };
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
