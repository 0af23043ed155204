// What a kernel module says about itself, from its .modinfo section.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { RosError } from '@drover/core';
import { parseElf } from '../images/elf.ts';

export type ModuleInfo = ReadonlyMap<string, readonly string[]>;

/** The name under which the kernel knows the module in this file. */
export function moduleName(path: string): string {
  return basename(path, '.ko').replace(/-/g, '_');
}

export function modinfo(file: string): ModuleInfo {
  const section = parseElf(readFileSync(file))?.section('.modinfo');
  if (section === undefined) throw new RosError('module-damaged', `${file} has no .modinfo section`);
  const info = new Map<string, string[]>();
  for (const entry of section.toString('latin1').split('\0')) {
    const at = entry.indexOf('=');
    if (at > 0) info.set(entry.slice(0, at), [...(info.get(entry.slice(0, at)) ?? []), entry.slice(at + 1)]);
  }
  return info;
}

/** Names of the modules it needs. */
export function dependenciesIn(info: ModuleInfo): string[] {
  return (info.get('depends')?.[0] ?? '').split(',').filter((one) => one !== '').map((one) => one.replace(/-/g, '_'));
}

export function dependenciesOf(file: string): string[] {
  return dependenciesIn(modinfo(file));
}
