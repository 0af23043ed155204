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
const PS_LIMIT_MS = 10_000;

/** Throws the refusals of the state table, and what the machine's ps has to say against other arguments than -ef. */
export async function readTop(engine: Engine, container: Container, arguments_: string): Promise<ProcessTable> {
  const refusal = refusalOf('top', container.status, container.id, container.name);
  if (refusal !== undefined) throw refusal;
  const { files, kernel, clock } = engine.host;
  const bootedAtMs = clock.now() - kernel.uptimeMs();
  const pids = readPids(files, container.run?.pid ?? 0);
  if (!['', '-ef'].includes(arguments_)) return askPs(engine, pids, arguments_);
  return { Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'], Processes: pids.flatMap((pid) => readRow(files, pid, bootedAtMs)) };
}

/** As moby does: the machine's own ps, of which the lines with these process ids are taken. */
async function askPs({ host }: Engine, pids: readonly number[], arguments_: string): Promise<ProcessTable> {
  const { code, stdout, stderr } = await host.processes.run(['ps', ...arguments_.split(/\s+/).filter((word) => word !== '')], { timeoutMs: PS_LIMIT_MS });
  if (code !== 0) throw apiError('system', `ps: ${stderr.trim().split('\n')[0] ?? ''}`);
  const [head = '', ...lines] = stdout.split('\n').filter((line) => line.trim() !== '');
  const titles = head.trim().split(/\s+/);
  const at = titles.indexOf('PID');
  if (at < 0) throw apiError('system', "Couldn't find PID field in ps output");
  const rows = lines.map((line) => {
    const words = line.trim().split(/\s+/);
    return [...words.slice(0, titles.length - 1), words.slice(titles.length - 1).join(' ')];
  });
  return { Titles: titles, Processes: rows.filter((row) => pids.includes(Number(row[at]))) };
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
