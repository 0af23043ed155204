// What a container uses, from its cgroup (version 2), in the words of GET /containers/NAME/stats.

import { join } from '@drover/core';
import type { Files } from '@drover/host';

export interface CpuStats {
  readonly cpu_usage: { readonly total_usage: number; readonly usage_in_kernelmode: number; readonly usage_in_usermode: number };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
  readonly throttling_data: { readonly periods: number; readonly throttled_periods: number; readonly throttled_time: number };
}

export interface ContainerStats {
  readonly read: string;
  readonly cpu_stats: CpuStats;
  readonly memory_stats: Readonly<Record<string, unknown>>;
  readonly pids_stats: { readonly current?: number; readonly limit?: number };
  readonly blkio_stats: Readonly<Record<string, unknown>>;
  readonly networks?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const NS_PER_US = 1000;
const NS_PER_TICK = 10_000_000;

export const NO_CPU: CpuStats = { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 } };

/** `pid`: its first process; `cgroup`: its folder, which has what the enabled controllers count. */
export function readStats(files: Files, cgroup: string, pid: number, now: string): ContainerStats {
  const read = (name: string): string => files.readTextIfPresent(join(cgroup, name)) ?? '';
  return {
    read: now,
    cpu_stats: readCpu(files, read),
    memory_stats: readMemory(files, read),
    pids_stats: { ...(read('pids.current') !== '' && { current: Number(read('pids.current')), limit: parseLimit(read('pids.max')) }) },
    blkio_stats: { ...NO_BLOCK_IO, io_service_bytes_recursive: parseBlockIo(read('io.stat')) },
    networks: parseInterfaces(files.readTextIfPresent(`/proc/${pid}/net/dev`) ?? ''),
  };
}

/** `NAME NUMBER` lines. */
export function parseFlat(text: string): Record<string, number> {
  return Object.fromEntries(text.split('\n').flatMap((line) => {
    const [name, value] = line.split(' ');
    return name && value ? [[name, Number(value)]] : [];
  }));
}

/** `max` is as much as a 64-bit number holds, as far as JavaScript can write it. */
function parseLimit(text: string): number {
  return text.trim() === 'max' || text === '' ? 2 ** 64 - 2048 : Number(text);
}

function readCpu(files: Files, read: (name: string) => string): CpuStats {
  const own = parseFlat(read('cpu.stat'));
  const ns = (name: string): number => (own[name] ?? 0) * NS_PER_US;
  const machine = files.readTextIfPresent('/proc/stat') ?? '';
  const ticks = (/^cpu +(.*)$/m.exec(machine)?.[1] ?? '').split(' ').slice(0, 8).reduce((sum, word) => sum + Number(word), 0);
  return {
    cpu_usage: { total_usage: ns('usage_usec'), usage_in_kernelmode: ns('system_usec'), usage_in_usermode: ns('user_usec') },
    system_cpu_usage: ticks * NS_PER_TICK,
    online_cpus: (machine.match(/^cpu\d+ /gm) ?? []).length,
    throttling_data: { periods: own['nr_periods'] ?? 0, throttled_periods: own['nr_throttled'] ?? 0, throttled_time: ns('throttled_usec') },
  };
}

function readMemory(files: Files, read: (name: string) => string): Readonly<Record<string, unknown>> {
  const usage = read('memory.current');
  if (usage === '') return {};
  const total = Number(/^MemTotal:\s+(\d+) kB/m.exec(files.readTextIfPresent('/proc/meminfo') ?? '')?.[1] ?? 0) * 1024;
  return { usage: Number(usage), stats: parseFlat(read('memory.stat')), limit: Math.min(parseLimit(read('memory.max')), total) };
}

const NO_BLOCK_IO = {
  io_service_bytes_recursive: null, io_serviced_recursive: null, io_queue_recursive: null, io_service_time_recursive: null, io_wait_time_recursive: null,
  io_merged_recursive: null, io_time_recursive: null, sectors_recursive: null,
};

/** `8:0 rbytes=1 wbytes=2 ...` */
export function parseBlockIo(text: string): { readonly major: number; readonly minor: number; readonly op: string; readonly value: number }[] | null {
  const entries = text.split('\n').flatMap((line) => {
    const [, major, minor, rest] = /^(\d+):(\d+) (.*)$/.exec(line) ?? [];
    if (rest === undefined) return [];
    const counts = Object.fromEntries(rest.split(' ').map((pair) => pair.split('=') as [string, string]));
    return [['read', counts['rbytes']], ['write', counts['wbytes']]].map(([op, value]) => ({ major: Number(major), minor: Number(minor), op: op!, value: Number(value ?? 0) }));
  });
  return entries.length === 0 ? null : entries;
}

/** Of /proc/PID/net/dev, without the loopback. */
export function parseInterfaces(text: string): Readonly<Record<string, Readonly<Record<string, number>>>> {
  return Object.fromEntries(text.split('\n').flatMap((line) => {
    const [, name, numbers] = /^ *([^ :]+): *(.*)$/.exec(line) ?? [];
    if (name === undefined || numbers === undefined || name === 'lo') return [];
    const [rx_bytes, rx_packets, rx_errors, rx_dropped, , , , , tx_bytes, tx_packets, tx_errors, tx_dropped] = numbers.split(/ +/).map(Number);
    return [[name, { rx_bytes: rx_bytes!, rx_packets: rx_packets!, rx_errors: rx_errors!, rx_dropped: rx_dropped!, tx_bytes: tx_bytes!, tx_packets: tx_packets!, tx_errors: tx_errors!, tx_dropped: tx_dropped! }]];
  }));
}
