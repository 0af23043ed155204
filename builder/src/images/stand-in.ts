// Stand-ins for libraries that a program is linked with for a feature the system does not have: Kerberos in sshd, a
// login database in sshd, network time security in chronyd, systemd in agetty. A stand-in has every function that the
// programs of the image ask for, under the same versions, and each returns one number that means "not here".
// What it saves, and what is lost: docs/decisions/library-stand-ins.md.

import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { ElfFile, Import } from './elf.ts';
import { parseElf } from './elf.ts';

/**
 * Builds the stand-ins that files of `root` need, complete for the layers below too: they hide the ones down there.
 * `exportsOf`: what the real library of that name has, for functions that are asked for without a version.
 */
export async function makeStandIns(
  toolchain: Toolchain, into: string, root: string, lower: readonly string[], folder: string, returns: Readonly<Record<string, number>>, exportsOf: (library: string) => readonly string[],
): Promise<void> {
  const wanted = Object.keys(returns);
  if (wanted.length === 0) return;
  const here = elfFilesBelow(root);
  const all = [...here, ...lower.flatMap(elfFilesBelow)];
  for (const library of wanted.filter((name) => here.some((file) => file.needed.includes(name)))) {
    const imports = importsFrom(library, all, new Set(exportsOf(library)));
    const work = join(into, 'stand-in');
    mkdirSync(work, { recursive: true });
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(work, 'source.c'), renderSource(imports, returns[library]!));
    writeFileSync(join(work, 'versions'), renderVersions(imports));
    await toolchain.run(
      ['gcc', '-Os', '-shared', '-nostdlib', '-fno-builtin', '-fno-asynchronous-unwind-tables', '-s', '-Wl,--build-id=none', `-Wl,-soname,${library}`, '-Wl,--version-script,/mnt/work/versions', '-o', `/mnt/folder/${library}`, '/mnt/work/source.c'],
      { work, folder: join(root, folder) },
    );
  }
}

export function renderSource(imports: readonly Import[], returns: number): string {
  const sizes = new Map(imports.map((one) => [one.symbol, one.objectBytes]));
  return [...sizes.keys()].sort().map((symbol) => {
    const size = sizes.get(symbol)!;
    return size > 0 ? `char ${symbol}[${size}];\n` : `long ${symbol}(void) { return ${returns}; }\n`;
  }).join('');
}

export function renderVersions(imports: readonly Import[]): string {
  const versions = [...new Set(imports.map((one) => one.version))].sort();
  return versions.map((version) => {
    const symbols = [...new Set(imports.filter((one) => one.version === version).map((one) => one.symbol))].sort();
    return `${version === '' ? '' : `${version} `}{ global: ${symbols.map((symbol) => `${symbol};`).join(' ')} local: *; };\n`;
  }).join('');
}

/** Of a library without versions, `version` is empty. */
export function importsFrom(library: string, files: readonly ElfFile[], exported: ReadonlySet<string>): Import[] {
  return files.filter((file) => file.needed.includes(library)).flatMap((file) => [
    ...file.imports.filter((one) => one.library === library),
    ...file.looseImports.filter((symbol) => exported.has(symbol)).map((symbol) => ({ symbol, library, version: '', objectBytes: 0 })),
  ]);
}

function elfFilesBelow(root: string): ElfFile[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => existsSync(file) && lstatSync(file).size > 512);
  return files.flatMap((file) => parseElf(readFileSync(file)) ?? []);
}
