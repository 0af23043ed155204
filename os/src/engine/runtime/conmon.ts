// conmon: one small process a container, that outlives the engine. It runs `crun create`, owns the container's streams,
// terminal, log and exit status, and listens on a socket (attach) and a pipe (ctl) in the bundle's folder.

import { decodeUtf8, encodeUtf8, join, RosError } from '@drover/core';
import { withDeadline } from '@drover/host';
import type { ByteSource } from '@drover/host';
import type { Container } from '../container/container.ts';
import type { Engine } from '../engine.ts';
import { socketName } from '../engine-paths.ts';
import { crunOptions } from './crun.ts';

const CREATE_LIMIT_MS = 120_000;
const REPORT_LIMIT_BYTES = 64 << 10;

export interface CreatedContainer {
  readonly pid: number;
  readonly monitorPid: number;
}

export function planConmon(engine: Engine, container: Container): string[] {
  const { paths, programs } = engine;
  const { id, name, record } = container;
  const { config, hostConfig } = record;
  const bundle = paths.bundle(id);
  return [
    programs.conmon,
    '--api-version', '1',
    '-c', id, '-u', socketName(id), '-n', name,
    '-r', programs.crun,
    '-b', bundle,
    '-p', join(bundle, 'pid'),
    '-P', join(bundle, 'conmon.pid'),
    '--exit-dir', paths.exits,
    '--socket-dir-path', paths.sockets,
    '-l', hostConfig.LogConfig?.Type === 'none' ? 'none' : `k8s-file:${paths.log(id)}`,
    '--log-level', 'error',
    // A crash of the machine may cost the last lines; waiting for the disk at every end of a container costs more.
    '--no-sync-log',
    ...(config.Tty === true ? ['-t'] : []),
    ...(config.OpenStdin === true ? ['-i'] : []),
    ...(container.inputEndsWithClient ? [] : ['--leave-stdin-open']),
    ...crunOptions(engine).flatMap((option) => ['--runtime-arg', option]),
  ];
}

/** Creates the container: its first process exists and waits for `crun start`. Throws `create-failed` with crun's words. */
export async function createThroughConmon(engine: Engine, container: Container): Promise<CreatedContainer> {
  const { host, paths } = engine;
  const { read, write } = host.children.pipe();
  const report = host.children.source(read);
  try {
    const monitor = host.children.start({
      argv: planConmon(engine, container),
      cwd: paths.bundle(container.id),
      // Its own messages go where ours go; it lets go of the streams once the container exists.
      descriptors: [[2, 2], [3, write]],
      env: [`PATH=${host.processes.env('PATH') ?? ''}`, 'TZ=UTC', `TMPDIR=${paths.execRoot}`, '_OCI_SYNCPIPE=3'],
      newSession: true,
    });
    host.children.closeDescriptor(write);
    void monitor.wait(); // it goes on in a child of its own
    const late = (): Error => new RosError('create-failed', `creating the container took more than ${CREATE_LIMIT_MS / 1000} s`);
    const text = await withDeadline(host.clock, readReport(report), CREATE_LIMIT_MS, late);
    const { pid, message } = parseReport(text);
    if (pid === undefined || pid < 0) throw new RosError('create-failed', message);
    return { pid, monitorPid: Number(host.files.readTextIfPresent(join(paths.bundle(container.id), 'conmon.pid')) ?? 0) };
  } finally {
    report.close();
  }
}

/** conmon keeps the pipe open for as long as it lives: the report is its first line. */
async function readReport(report: ByteSource): Promise<string> {
  let text = '';
  for (let chunk = await report.read(); chunk !== undefined && text.length < REPORT_LIMIT_BYTES; chunk = await report.read()) {
    text += decodeUtf8(chunk);
    if (text.includes('\n')) break;
  }
  return text;
}

export function parseReport(text: string): { readonly pid: number | undefined; readonly message: string } {
  const line = text.split('\n')[0]!;
  if (line === '') return { pid: undefined, message: 'the monitor of the container ended without a report' };
  try {
    const { data, message } = JSON.parse(line) as { data?: number; message?: string };
    return { pid: data, message: message?.trim() || 'crun failed without a message' };
  } catch {
    return { pid: undefined, message: line };
  }
}

/** Writes to conmon's control pipe; nothing happens when it has ended. */
function control(engine: Engine, id: string, message: string): void {
  const path = join(engine.paths.bundle(id), 'ctl');
  if (engine.host.files.stat(path)?.type !== 'fifo') return;
  // Opened both ways: that never waits, not even when nobody reads any more.
  const pipe = engine.host.files.open(path, 'read-write');
  try {
    pipe.write(encodeUtf8(message));
  } finally {
    pipe.close();
  }
}

export function resizeTerminal(engine: Engine, id: string, rows: number, columns: number): void {
  control(engine, id, `1 ${rows} ${columns}\n`);
}

/** After its log file was renamed. */
export function reopenLog(engine: Engine, id: string): void {
  control(engine, id, '2 0 0\n');
}
