// Memory of a whole machine and of each of its processes, read from /proc in one go.

import { RosError } from '@drover/core';

export interface ProcessMemory {
  readonly name: string;
  readonly command: string;
  readonly residentKb: number;
  /** Pages that no other process shares. */
  readonly privateKb: number;
  readonly anonymousKb: number;
}

export interface Memory {
  /** As `free` of procps-ng 4: total - available. */
  readonly usedKb: number;
  readonly anonymousKb: number;
  readonly totalKb: number;
  readonly processes: readonly ProcessMemory[];
}

/** For a shell with root's rights. The totals come first, before looking costs anything. */
export const MEMORY_SCRIPT = `cat /proc/meminfo
for p in /proc/[0-9]*; do
  c=$(tr '\\0' ' ' < $p/cmdline 2>/dev/null); [ -n "$c" ] || continue
  echo "process $(cat $p/comm) $c"
  cat $p/smaps_rollup 2>/dev/null
done; true`;

/** `totals`: /proc/meminfo of an earlier moment, instead of the one in `text`. */
export function parseMemory(text: string, totals?: string): Memory {
  const at = text.indexOf('\nprocess ');
  const total = fields(totals ?? text.slice(0, at));
  const need = (name: string): number => {
    const value = total.get(name);
    if (value === undefined) throw new RosError('bench', `/proc/meminfo has no ${name}:\n${(totals ?? text).slice(0, 500)}`);
    return value;
  };
  const processes = text.slice(at).split(/^process /m).slice(1).map(parseProcess).filter((one) => one.residentKb > 0);
  return { usedKb: need('MemTotal') - need('MemAvailable'), anonymousKb: need('AnonPages'), totalKb: need('MemTotal'), processes };
}

function parseProcess(text: string): ProcessMemory {
  const [head = '', ...rest] = text.split('\n');
  const values = fields(rest.join('\n'));
  const of = (name: string): number => values.get(name) ?? 0;
  return {
    name: head.slice(0, head.indexOf(' ')),
    command: head.slice(head.indexOf(' ') + 1).trim(),
    residentKb: of('Rss'),
    privateKb: of('Private_Clean') + of('Private_Dirty'),
    anonymousKb: of('Anonymous'),
  };
}

function fields(text: string): Map<string, number> {
  return new Map([...text.matchAll(/^(\w+):\s+(\d+)(?: kB)?$/gm)].map((found) => [found[1]!, Number(found[2])]));
}
