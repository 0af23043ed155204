// The process of an exec: `crun exec` with its streams on pipes or on a terminal of the engine's. It is a child of the
// engine: unlike containers, execs don't outlive it.

import { codeOf, join } from '@drover/core';
import { pump } from '@drover/host';
import type { ByteSource, Exit, Process } from '@drover/host';
import type { StreamName } from '@drover/docker-api';
import type { Engine } from '../engine.ts';
import { crunOptions } from '../runtime/crun.ts';
import type { OutputClient } from '../runtime/stream-client.ts';
import type { Exec } from './exec-store.ts';

export interface ExecFiles {
  readonly spec: string;
  readonly pid: string;
  /** Where crun notes what it has to complain of; the same goes to the output of the exec, where it is dropped. */
  readonly log: string;
}

export function execFiles({ paths }: Engine, exec: Exec): ExecFiles {
  const base = join(paths.bundle(exec.containerId), `exec-${exec.id.slice(0, 16)}`);
  return { spec: `${base}.json`, pid: `${base}.pid`, log: `${base}.log` };
}

function planCommand(engine: Engine, exec: Exec): string[] {
  const { spec, pid, log } = execFiles(engine, exec);
  return [engine.programs.crun, `--log=${log}`, '--log-format=json', ...crunOptions(engine), 'exec', '--process', spec, '--pid-file', pid, exec.containerId];
}

/** Started; `exit` resolves once the process has ended and all its output is with the client. */
export function startProcess(engine: Engine, exec: Exec, client: OutputClient | undefined): Promise<Exit> {
  return exec.options.Tty === true ? runOnTerminal(engine, exec, client) : runOnPipes(engine, exec, client);
}

async function runOnPipes(engine: Engine, exec: Exec, client: OutputClient | undefined): Promise<Exit> {
  const { AttachStdin: input, AttachStdout: output, AttachStderr: errors } = exec.options;
  const how = (wanted: boolean | undefined): 'pipe' | 'null' => (client !== undefined && wanted === true ? 'pipe' : 'null');
  const child = engine.host.processes.start(planCommand(engine, exec), { stdin: how(input), stdout: how(output), stderr: how(errors), newSession: true });
  exec.process = {};
  if (client === undefined) return child.wait();
  if (child.stdin !== undefined) void feed(client, child.stdin);
  await Promise.all([passOn(engine, exec, child, child.stdout, 'stdout', client), passOn(engine, exec, child, child.stderr, 'stderr', client)]);
  return child.wait();
}

async function runOnTerminal(engine: Engine, exec: Exec, client: OutputClient | undefined): Promise<Exit> {
  const child = engine.host.terminals.startOnTerminal(planCommand(engine, exec));
  exec.process = { resize: (columns, rows) => child.resize(columns, rows) };
  const [rows, columns] = exec.options.ConsoleSize ?? [0, 0];
  if (rows > 0 && columns > 0) child.resize(columns, rows);
  if (client !== undefined && exec.options.AttachStdin === true) void client.readInput((bytes) => child.terminal.write(bytes)).catch(ignoreClosed);
  await passOn(engine, exec, child, child.terminal, 'stdout', client);
  return child.wait();
}

async function feed(client: OutputClient, stdin: NonNullable<Process['stdin']>): Promise<void> {
  try {
    await client.readInput((bytes) => stdin.write(bytes));
  } catch (error) {
    ignoreClosed(error); // it does not read its input
  } finally {
    stdin.close();
  }
}

function ignoreClosed(error: unknown): void {
  if (!['EPIPE', 'EIO', 'EBADF'].includes(codeOf(error) ?? '')) throw error;
}

async function passOn(engine: Engine, exec: Exec, child: Pick<Process, 'wait'>, source: ByteSource | undefined, stream: StreamName, client: OutputClient | undefined): Promise<void> {
  if (source === undefined) return;
  let isCommands: boolean | undefined;
  const write = async (bytes: Uint8Array): Promise<void> => {
    isCommands ??= await isOutputOfCommand(engine, exec, child);
    if (isCommands) await client?.send(stream, bytes);
  };
  await pump(source, { write, close: () => undefined });
  source.close();
}

const LOOK_STEP_MS = 2;
const LOOK_LIMIT_MS = 2000;

/** crun complains on the command's own streams, just before it notes the same in its log. */
async function isOutputOfCommand(engine: Engine, exec: Exec, child: Pick<Process, 'wait'>): Promise<boolean> {
  const ended = child.wait().then(() => true);
  for (let waitedMs = 0; waitedMs < LOOK_LIMIT_MS && readNotes(engine, exec).length === 0 && programOf(engine, exec) !== 'command'; waitedMs += LOOK_STEP_MS) {
    if (await Promise.race([ended, engine.host.clock.sleep(LOOK_STEP_MS).then(() => false)])) break;
  }
  return readNotes(engine, exec).length === 0;
}

/**
 * What crun noted: its own words when the process could not be started. Of a command on a terminal that ended before
 * crun (1.21) looked after the terminal, it is what the command printed.
 */
export function readNotes(engine: Engine, exec: Exec): string[] {
  const { log } = execFiles(engine, exec);
  if ((engine.host.files.stat(log)?.sizeBytes ?? 0) === 0) return [];
  return engine.host.files.readText(log).split('\n').flatMap(parseNote);
}

function parseNote(line: string): string[] {
  if (line === '') return [];
  try {
    return [(JSON.parse(line) as { msg?: string }).msg ?? ''];
  } catch {
    return [line];
  }
}

/** Its number on the machine; 0 while crun has not written it. */
export function readExecPid(engine: Engine, exec: Exec): number {
  return exec.status === 'running' ? Number(engine.host.files.readTextIfPresent(execFiles(engine, exec).pid) ?? 0) : 0;
}

const SIGKILL = 9;

/** With what it started, as far as that has not left its session. */
export function killExec(engine: Engine, exec: Exec): void {
  const pid = readExecPid(engine, exec);
  if (pid === 0) return;
  for (const target of [-pid, pid]) engine.host.processes.kill(target, SIGKILL);
}

/** Whether the command itself runs or has run, and not crun on its way to it. */
export function hasBegun(engine: Engine, exec: Exec): boolean {
  return ['command', 'nothing'].includes(programOf(engine, exec));
}

/** What the process of the exec is just now; `nothing`: it is over already. */
function programOf(engine: Engine, exec: Exec): 'unborn' | 'crun' | 'command' | 'nothing' {
  const pid = readExecPid(engine, exec);
  if (pid === 0) return 'unborn';
  try {
    return engine.host.files.readLink(`/proc/${pid}/exe`).includes('crun') ? 'crun' : 'command';
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return 'nothing';
    throw error;
  }
}
