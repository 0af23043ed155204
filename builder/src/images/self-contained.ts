// Programs that run in a root with another libc, or with none: all of them in one folder at a fixed path, with their
// own loader and libraries beside them (patchelf sets the interpreter and the library path).

import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { LayerBuild } from './build-layer.ts';
import { blankExports, dynamicNames } from './blank-exports.ts';
import { parseElf } from './elf.ts';
import { prelink } from './prelink.ts';

/** Everything taken so far moves to `folder` (programs flat, libraries to `folder`/lib). */
export async function makeSelfContained(toolchain: Toolchain, build: LayerBuild, into: string, folder: string): Promise<void> {
  const programs = [...build.taken];
  build.takeLibraries();
  const target = join(build.root, folder);
  mkdirSync(join(target, 'lib'), { recursive: true });
  const loader = [...build.taken].map((path) => basename(path)).find((name) => name.startsWith('ld-linux'))!;
  // --no-sort: patchelf 0.18 puts the dynamic section of programs with large symbol tables (containerd) into a
  // segment that ends up read-only when it sorts the sections it moves.
  const patch: string[] = [];
  for (const path of build.taken) {
    const source = join(build.root, path);
    const place = programs.includes(path) ? '.' : 'lib';
    const moved = join(target, place, basename(path));
    if (lstatSync(source).isSymbolicLink()) {
      const to = basename(readlinkSync(source));
      rmSync(source);
      if (!existsSync(moved) && to !== basename(path)) symlinkSync(to, moved);
      continue;
    }
    renameSync(source, moved);
    const elf = parseElf(readFileSync(moved));
    if (elf === undefined || basename(path) === loader || basename(path) === 'libc.so.6') continue;
    const inside = `/mnt/out/layer${folder}/${place}/${basename(path)}`;
    const library = `${folder}/lib`;
    if (elf.section('.interp') !== undefined) patch.push(`patchelf --no-sort --set-interpreter ${library}/${loader} --force-rpath --set-rpath ${library} ${inside}`);
    else if (elf.needed.length > 0) patch.push(`patchelf --no-sort --force-rpath --set-rpath ${library} ${inside}`);
  }
  await toolchain.run(['sh', '-ec', patch.join('\n')], { out: into });
  makeProgramsLean(target);
  for (const leftover of ['usr', 'lib64']) rmSync(join(build.root, leftover), { recursive: true, force: true });
}

/** Without the names that programs export for plugins, but those that a library beside them looks for; and Go programs at a fixed address. */
function makeProgramsLean(folder: string): void {
  const files = (below: string): string[] =>
    readdirSync(join(folder, below), { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(folder, below, entry.name));
  const wanted = new Set(files('lib').flatMap((file) => dynamicNames(readFileSync(file))));
  for (const file of files('.')) {
    const bytes = readFileSync(file);
    const isGo = parseElf(bytes)?.section('.go.buildinfo') !== undefined;
    if (blankExports(bytes, wanted) + (isGo ? prelink(bytes) : 0) > 0) writeFileSync(file, bytes);
  }
}
