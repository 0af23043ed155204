// Single files of the mirror, taken without what they depend on. apt finds them in its signed index when the lock is
// written; from then on the lock's digest vouches for them.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import { step } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import type { Workspace } from '../workspace.ts';
import type { ArchiveSection, Lock, LockedPackage } from './lock.ts';
import { ARCHIVE_SECTIONS } from './lock.ts';
import { installerList, mirrorAddress, sourcesList, SUITE, WANTED_SOURCES, WANTED_UDEBS } from './packages.ts';
import { digestOf, mmdebstrapMode, openStore, STALE_HINT } from './store.ts';

const APT_HELPER = '/usr/lib/apt/apt-helper';

interface Kind {
  /** Of the file in the mirror's pool; the groups are name, version and architecture of the lock. */
  readonly pattern: RegExp;
  readonly poolName: (one: LockedPackage) => string;
  /** The source package, after which the folder of the pool is named. */
  readonly source: (one: LockedPackage) => string;
  /** Ending of the file in the store. */
  readonly ending: (one: LockedPackage) => string;
}

const KINDS: Readonly<Record<ArchiveSection, Kind>> = {
  sources: {
    pattern: /^([^_]+)_(.+)\.(orig\.tar\.\w+)$/,
    poolName: ({ name, version, architecture }) => `${name}_${version}.${architecture}`,
    source: ({ name }) => name,
    ending: ({ architecture }) => architecture,
  },
  udebs: {
    pattern: /^([^_]+)_([^_]+)_(\w+)\.udeb$/,
    poolName: ({ name, version, architecture }) => `${name}_${version}_${architecture}.udeb`,
    source: ({ name }) => WANTED_UDEBS[name]!,
    ending: () => 'deb',
  },
};

export function archivePath(workspace: Workspace, section: ArchiveSection, one: LockedPackage): string {
  return join(openStore(workspace), `${one.sha256}.${KINDS[section].ending(one)}`);
}

export function lockedSource(lock: Lock, name: string): LockedPackage {
  const found = lock.sections.sources.find((one) => one.name === name);
  if (found === undefined) throw new RosError('source-unknown', `packages.lock has no source ${name}`, { hint: 'run ./dev update-lock' });
  return found;
}

/** What the mirror has today. */
export async function resolveArchives(workspace: Workspace): Promise<Record<ArchiveSection, LockedPackage[]>> {
  return step('resolving sources and packages of the installer', async () => {
    const out = join(workspace.cache, `archives-${process.pid}`);
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    try {
      const lines = sourcesList(process.env).flatMap((line) => [line, line.replace(/^deb /, 'deb-src ')]);
      const apt = 'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --quiet=2';
      const hook = `cd "$OUT" && ${apt} source --download-only --tar-only ${WANTED_SOURCES.join(' ')} && ${apt} download ${Object.keys(WANTED_UDEBS).join(' ')}`;
      await runCommand(
        ['mmdebstrap', '--quiet', '--variant=custom', mmdebstrapMode(), `--architectures=${workspace.architecture}`, `--customize-hook=${hook}`, SUITE, `${out}.tar`, ...lines, installerList(process.env)],
        { env: { OUT: out } },
      );
      const found: Record<ArchiveSection, LockedPackage[]> = { sources: [], udebs: [] };
      for (const name of readdirSync(out).sort()) {
        const section = ARCHIVE_SECTIONS.find((one) => KINDS[one].pattern.test(name));
        if (section === undefined) throw new RosError('archive-name', `apt brought ${name}, which nobody asked for`);
        found[section].push(keepArchive(workspace, section, join(out, name), name));
      }
      return found;
    } finally {
      for (const path of [out, `${out}.tar`]) rmSync(path, { recursive: true, force: true });
    }
  });
}

function keepArchive(workspace: Workspace, section: ArchiveSection, file: string, fileName: string): LockedPackage {
  const [, name, version, architecture] = KINDS[section].pattern.exec(fileName)!;
  const one: LockedPackage = { name: name!, version: version!, architecture: architecture!, sha256: digestOf(file) };
  renameSync(file, archivePath(workspace, section, one));
  return one;
}

/** Makes sure that every such file of the lock is in the store, byte for byte. */
export async function fetchArchives(workspace: Workspace, lock: Lock): Promise<void> {
  for (const section of ARCHIVE_SECTIONS) for (const one of lock.sections[section]) await fetchArchive(workspace, section, one);
}

async function fetchArchive(workspace: Workspace, section: ArchiveSection, one: LockedPackage): Promise<void> {
  const target = archivePath(workspace, section, one);
  if (existsSync(target)) return;
  const { source, poolName } = KINDS[section];
  await step(`downloading ${poolName(one)}`, async () => {
    const aside = `${target}.${process.pid}`;
    // apt's own download: its proxies, its retries, its check of the digest.
    await runCommand([APT_HELPER, 'download-file', `${poolFolder(source(one))}/${poolName(one)}`, aside, `SHA256:${one.sha256}`], { hint: STALE_HINT });
    renameSync(aside, target);
  });
}

function poolFolder(source: string): string {
  const prefix = source.startsWith('lib') ? source.slice(0, 4) : source.slice(0, 1);
  return `${mirrorAddress(process.env)}/pool/main/${prefix}/${source}`;
}
