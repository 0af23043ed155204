// Kernel modules in the initrd, without modprobe: by name and by the aliases under which the kernel announces devices.
// The index is written by builder/src/kernel/module-index.ts.

import { codeOf } from '@drover/core';
import type { SystemHost } from '@drover/host';

export interface ModuleIndex {
  readonly release: string;
  /** Name -> [path in the kernel tree, names it depends on]. */
  readonly modules: Readonly<Record<string, readonly [string, readonly string[]]>>;
  /** [pattern, module name] */
  readonly aliases: readonly (readonly [string, string])[];
}

/** Exists while modules are being loaded in the background. */
export const MODULES_LOADING = '/run/ros/modules-loading';

/** Drivers that look at their ports for a second or more when they are loaded: in the background. */
const SLOW = ['libata', 'usbcore'];

/** Buses on which the disk that we boot from may be. */
const BUSES = ['pci', 'virtio', 'scsi', 'usb', 'xen', 'vmbus', 'acpi'];

/** Where the initrd has the modules; their index is beside the folder. */
export const MODULES_FOLDER = '/modules';

export function readModuleIndex(host: Pick<SystemHost, 'files'>): ModuleIndex {
  return JSON.parse(host.files.readText(`${MODULES_FOLDER}.json`)) as ModuleIndex;
}

export class ModuleLoader {
  private readonly host: SystemHost;
  private readonly index: ModuleIndex;
  private readonly folder: string;
  private readonly done = new Set<string>();
  private readonly byBus: ReadonlyMap<string, readonly (readonly [string, string])[]>;
  /** Devices whose modules were looked up already. */
  private readonly seen = new Set<string>();

  constructor(host: SystemHost, index: ModuleIndex, folder: string) {
    this.host = host;
    this.index = index;
    this.folder = folder;
    const byBus = new Map<string, (readonly [string, string])[]>();
    for (const alias of index.aliases) {
      const bus = alias[0].slice(0, alias[0].indexOf(':'));
      const known = byBus.get(bus);
      if (known === undefined) byBus.set(bus, [alias]);
      else known.push(alias);
    }
    this.byBus = byBus;
  }

  /** With everything it depends on. Whether something was loaded. */
  load(name: string): boolean {
    if (this.done.has(name)) return false;
    this.done.add(name);
    const entry = this.index.modules[name];
    if (entry === undefined) return false; // built into the kernel, or not carried
    for (const dependency of entry[1]) this.load(dependency);
    try {
      this.host.kernel.loadModule(`${this.folder}/${name}.ko`, '');
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  modulesFor(modalias: string): string[] {
    const aliases = this.byBus.get(modalias.slice(0, modalias.indexOf(':'))) ?? [];
    return aliases.filter(([pattern]) => matchesPattern(pattern, modalias)).map(([, name]) => name);
  }

  /** Whether the module, or one that it needs, is a slow one. */
  isSlow(name: string): boolean {
    return SLOW.includes(name) || (this.index.modules[name]?.[1] ?? []).some((dependency) => this.isSlow(dependency));
  }

  /**
   * Loads what the devices that exist now ask for, again and again until a pass loads nothing: a controller brings
   * disks with it. Slow modules are not loaded but returned in `slow`. A module that does not load is reported and left.
   */
  loadForDevices(onFailure: (name: string, error: unknown) => void): { readonly loaded: string[]; readonly slow: string[] } {
    const loaded: string[] = [];
    const slow = new Set<string>();
    for (let found = true; found; ) {
      found = false;
      for (const modalias of readModaliases(this.host)) {
        if (this.seen.has(modalias)) continue;
        this.seen.add(modalias);
        for (const name of this.modulesFor(modalias)) {
          if (this.isSlow(name)) {
            slow.add(name);
            continue;
          }
          try {
            if (!this.load(name)) continue;
            loaded.push(name);
            found = true;
          } catch (error) {
            onFailure(name, error);
          }
        }
      }
    }
    return { loaded, slow: [...slow] };
  }
}

export function readModaliases(host: Pick<SystemHost, 'files'>): string[] {
  const found = new Set<string>();
  for (const bus of BUSES) {
    const folder = `/sys/bus/${bus}/devices`;
    if (!host.files.exists(folder)) continue;
    for (const device of host.files.list(folder)) {
      const text = host.files.readTextIfPresent(`${folder}/${device}/modalias`)?.trim();
      if (text !== undefined && text !== '') found.add(text);
    }
  }
  return [...found];
}

/** Shell patterns with `*`, `?` and `[...]`, as in modules.alias. */
export function matchesPattern(pattern: string, text: string): boolean {
  const special = pattern.search(/[*?[]/);
  if (special < 0) return pattern === text;
  if (!text.startsWith(pattern.slice(0, special))) return false; // nearly always decided here
  let p = special;
  let t = special;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p;
      mark = t;
      p += 1;
    } else if (p < pattern.length && matchOne(pattern, p, text[t]!)) {
      p = nextPart(pattern, p);
      t += 1;
    } else if (star >= 0) {
      mark += 1;
      [p, t] = [star + 1, mark];
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

function nextPart(pattern: string, at: number): number {
  if (pattern[at] !== '[') return at + 1;
  const end = pattern.indexOf(']', at);
  return end < 0 ? at + 1 : end + 1;
}

function matchOne(pattern: string, at: number, character: string): boolean {
  const part = pattern.slice(at, nextPart(pattern, at));
  if (part === '?') return true;
  if (part.length < 2) return part === character;
  const body = part.slice(1, -1);
  for (let i = 0; i < body.length; i += 1) {
    if (body[i + 1] === '-' && i + 2 < body.length) {
      if (character >= body[i]! && character <= body[i + 2]!) return true;
      i += 2;
    } else if (body[i] === character) return true;
  }
  return false;
}
