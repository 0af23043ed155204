// `docker top`: the processes of a container, as `ps -ef` on the machine would show them.

import { join } from '@drover/core';
import type { Files } from '@drover/host';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import type { Container } from './container.ts';
import { refusalOf } from './container-states.ts';

export interface ProcessTable {
  readonly Titles: readonly string[];
  readonly Processes: readonly (readonly string[])[];
}

const TICKS_PER_SECOND = 100;

/** Throws the refusals of the state table; `invalid-parameter` for any other form than -ef. */
export function readTop(engine: Engine, container: Container, arguments_: string): ProcessTable {
  const refusal = refusalOf('top', container.status, container.id, container.name);
  if (refusal !== undefined) throw refusal;
  if (!['', '-ef', 'aux', '-aux'].includes(arguments_)) throw apiError('not-implemented', 'System Docker shows processes as ps -ef does, and in no other way');
  const { files, kernel, clock } = engine.host;
  const bootedAtMs = clock.now() - kernel.uptimeMs();
  const pids = readPids(files, container.run?.pid ?? 0);
  return { Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'], Processes: pids.flatMap((pid) => readRow(files, pid, bootedAtMs)) };
}

function readPids(files: Files, pid: number): number[] {
  const group = /^0::(.*)$/m.exec(files.readTextIfPresent(`/proc/${pid}/cgroup`) ?? '')?.[1];
  return group === undefined ? [] : pidsBelow(files, join('/sys/fs/cgroup', group));
}

function pidsBelow(files: Files, directory: string): number[] {
  const own = (files.readTextIfPresent(join(directory, 'cgroup.procs')) ?? '').split('\n').filter((line) => line !== '').map(Number);
  const inner = files.list(directory).map((name) => join(directory, name)).filter((path) => files.lstat(path)?.type === 'directory');
  return [...own, ...inner.flatMap((path) => pidsBelow(files, path))];
}

/** Empty when the process has just ended. */
function readRow(files: Files, pid: number, bootedAtMs: number): string[][] {
  const stat = files.readTextIfPresent(`/proc/${pid}/stat`);
  const status = files.readTextIfPresent(`/proc/${pid}/status`);
  if (stat === undefined || status === undefined) return [];
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const command = (files.readTextIfPresent(`/proc/${pid}/cmdline`) ?? '').split('\0').join(' ').trim();
  const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1] ?? '0';
  const started = new Date(bootedAtMs + (Number(fields[19]) / TICKS_PER_SECOND) * 1000).toISOString().slice(11, 16);
  const seconds = Math.floor((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND);
  return [[uid === '0' ? 'root' : uid, String(pid), fields[1]!, '0', started, Number(fields[4]) === 0 ? '?' : `pts/${Number(fields[4]) & 0xff}`, formatTime(seconds), command === '' ? `[${name}]` : command]];
}

function formatTime(seconds: number): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}
