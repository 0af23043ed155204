// What `ros` needs to load modules in the initrd without modprobe: for each module its file and what it depends on,
// and the aliases by which the kernel names devices. Read from the modules' own .modinfo sections.

import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Kernel } from './build-kernel.ts';
import { listModules, modulesFolder } from './build-kernel.ts';
import { dependenciesIn, modinfo, moduleName } from './modinfo.ts';

/** The format of modules.json in the initrd; os/src/boot reads it. */
export interface ModuleIndex {
  readonly release: string;
  /** Name -> [path below the modules folder, names it depends on]. */
  readonly modules: Readonly<Record<string, readonly [string, readonly string[]]>>;
  /** [pattern with * and ?, module name], in the order in which they are tried. */
  readonly aliases: readonly (readonly [string, string])[];
}

/** The modules of these names (or below these folders, written "drivers/x/"), and all they depend on. */
export function selectModules(kernel: Kernel, wanted: readonly string[]): ModuleIndex {
  const paths = new Map(listModules(kernel).map((path) => [moduleName(path), path]));
  const modules: Record<string, [string, string[]]> = {};
  const aliases: [string, string][] = [];
  const add = (name: string, because: string): void => {
    if (name in modules) return;
    const path = paths.get(name);
    if (path === undefined) throw new RosError('module-missing', `the kernel has no module ${name} (${because})`);
    const info = modinfo(join(modulesFolder(kernel), path));
    const dependencies = dependenciesIn(info);
    modules[name] = [path, dependencies];
    for (const alias of info.get('alias') ?? []) aliases.push([alias, name]);
    for (const dependency of dependencies) add(dependency, `needed by ${name}`);
  };
  for (const one of wanted) {
    if (!one.endsWith('/')) add(one, 'wanted in the initrd');
    else for (const [name, path] of paths) if (path.startsWith(`kernel/${one}`)) add(name, `below ${one}`);
  }
  return { release: kernel.release, modules, aliases };
}
