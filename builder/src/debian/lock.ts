// packages.lock: every Debian package that the products or their build are made of, by name, version and digest.
// Format: `# comment`, `date YYYY-MM-DD`, `[section]`, then `NAME VERSION ARCH SHA256` a line, sorted. In the section of
// sources, VERSION is upstream's and ARCH the end of the archive's name.

import { RosError } from '@drover/core';

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
}

/** Of binary packages with all that they depend on. `system`: what is shipped. `toolchain`: what builds it. */
export type PackageSection = 'system' | 'toolchain';
/**
 * Of single files. `udebs`: packages of Debian's installer, where they are smaller than those for everybody. `sources`:
 * upstream archives of source packages, for the few programs that we compile ourselves.
 */
export type ArchiveSection = 'udebs' | 'sources';
export type Section = PackageSection | ArchiveSection;

export const PACKAGE_SECTIONS: readonly PackageSection[] = ['system', 'toolchain'];
export const ARCHIVE_SECTIONS: readonly ArchiveSection[] = ['udebs', 'sources'];
export const SECTIONS: readonly Section[] = [...PACKAGE_SECTIONS, ...ARCHIVE_SECTIONS];

export interface Lock {
  /** Day of resolution; all file times in the products are this day's midnight, UTC. */
  readonly date: string;
  readonly sections: Readonly<Record<Section, readonly LockedPackage[]>>;
}

export function parseLock(text: string, file: string): Lock {
  const sections: Record<Section, LockedPackage[]> = { system: [], toolchain: [], udebs: [], sources: [] };
  let date = '';
  let section: Section | undefined;
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const bad = (what: string): RosError => new RosError('lock-syntax', `${file}:${i + 1}: ${what}`, { hint: 'write it anew with ./dev update-lock' });
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('date ')) date = line.slice(5);
    else if (SECTIONS.some((name) => line === `[${name}]`)) section = line.slice(1, -1) as Section;
    else {
      const [name, version, architecture, sha256, ...rest] = line.split(' ');
      if (section === undefined) throw bad('a package before the first [section]');
      if (!sha256 || rest.length > 0 || !/^[0-9a-f]{64}$/.test(sha256)) throw bad('expected NAME VERSION ARCH SHA256');
      sections[section].push({ name: name!, version: version!, architecture: architecture!, sha256 });
    }
  }
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw new RosError('lock-syntax', `${file}: no date line`);
  return { date, sections };
}

export function renderLock(lock: Lock): string {
  const lines = [
    '# Written by ./dev update-lock. Exact packages of Debian trixie that Drover is built from and with.',
    `date ${lock.date}`,
  ];
  for (const section of SECTIONS) {
    lines.push('', `[${section}]`);
    const rows = lock.sections[section].map((one) => `${one.name} ${one.version} ${one.architecture} ${one.sha256}`);
    lines.push(...rows.sort());
  }
  return `${lines.join('\n')}\n`;
}

/** Everything that images may be made of; of two packages with the same file, the later one counts. */
export function shippable(lock: Lock): readonly LockedPackage[] {
  return [...lock.sections.system, ...lock.sections.udebs];
}

/** Seconds since 1970, for every time stamp in a product. */
export function epochOf(lock: Lock): number {
  return Date.parse(`${lock.date}T00:00:00Z`) / 1000;
}
