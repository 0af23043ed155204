// Processes over node:child_process.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { accessSync, constants as fsConstants } from 'node:fs';
import { constants } from 'node:os';
import { codeOf, encodeUtf8, RosError } from '@drover/core';
import type { ByteSink, Exit, Process, Processes, RunOptions, RunResult, SignalName, StartOptions } from '@drover/host';
import { readAllText } from '@drover/host';
import { sinkOf, sourceOf } from './node-streams.ts';

const STDIO = { null: 'ignore', inherit: 'inherit', pipe: 'pipe' } as const;

function signalNumber(signal: SignalName | number): number {
  return typeof signal === 'number' ? signal : constants.signals[`SIG${signal}`];
}

function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (signal === null) return { code: code ?? 0 };
  const number = constants.signals[signal];
  return { code: 128 + number, signal: number };
}

function waitForEnd(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => void child.once('exit', (code, signal) => resolve(exitOf(code, signal))));
}

/** Node tells why a program did not start only in a later turn; this says it now. */
function reasonNotStarted(program: string, path: string): string {
  const candidates = program.includes('/') ? [program] : path.split(':').map((folder) => `${folder}/${program}`);
  const isThere = candidates.some((file) => {
    try {
      accessSync(file, fsConstants.F_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
  return isThere ? 'EACCES' : 'ENOENT';
}

export class NodeProcesses implements Processes {
  readonly args: readonly string[] = process.argv.slice(1);
  readonly pid: number = process.pid;
  readonly uid: number = process.getuid?.() ?? 0;

  env(name: string): string | undefined {
    return process.env[name];
  }

  environment(): readonly string[] {
    return Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ''}`);
  }

  start(command: readonly string[], options: StartOptions = {}): Process {
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      stdio: [STDIO[options.stdin ?? 'null'], STDIO[options.stdout ?? 'inherit'], STDIO[options.stderr ?? 'inherit']],
      detached: options.newSession ?? false,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.env && { env: Object.fromEntries(options.env.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)])) }),
    });
    child.on('error', () => undefined); // thrown below, in this very turn
    if (child.pid === undefined) {
      const code = reasonNotStarted(program, process.env['PATH'] ?? '');
      throw new RosError('start-failed', `starting ${program === '' ? 'nothing' : program} failed`, { cause: Object.assign(new Error(`execve: ${code}`), { code }), facts: { code } });
    }
    const { pid } = child;
    const ended = waitForEnd(child);
    return {
      pid,
      stdin: child.stdin === null ? undefined : sinkOf(child.stdin),
      stdout: child.stdout === null ? undefined : sourceOf(child.stdout),
      stderr: child.stderr === null ? undefined : sourceOf(child.stderr),
      wait: () => ended,
      kill: (signal) => {
        if (child.exitCode === null && child.signalCode === null) this.kill(pid, signal);
      },
    };
  }

  async run(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { timeoutMs = 60_000, outputLimitBytes = 1 << 20 } = options;
    const child = this.start(command, {
      stdin: options.input === undefined ? 'null' : 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      ...(options.env && { env: options.env }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('KILL');
    }, timeoutMs);
    const stopListening = options.cancel?.onCancel(() => child.kill('KILL'));
    try {
      const feeding = child.stdin === undefined ? undefined : feed(child.stdin, options.input ?? '');
      const [stdout, stderr, exit] = await Promise.all([readAllText(child.stdout!, outputLimitBytes), readAllText(child.stderr!, outputLimitBytes), child.wait(), feeding]);
      if (options.cancel?.reason !== undefined) throw options.cancel.reason;
      return { ...exit, stdout, stderr, timedOut };
    } finally {
      clearTimeout(timer);
      stopListening?.();
      child.stdout?.close();
      child.stderr?.close();
    }
  }

  kill(pid: number, signal: SignalName | number): void {
    try {
      process.kill(pid, signalNumber(signal));
    } catch (error) {
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }

  exists(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return codeOf(error) === 'EPERM';
    }
  }
}

/** A program that does not read its input is no failure. */
async function feed(stdin: ByteSink, input: string | Uint8Array): Promise<void> {
  try {
    await stdin.write(typeof input === 'string' ? encodeUtf8(input) : input);
  } catch (error) {
    if (codeOf(error) !== 'EPIPE') throw error;
  } finally {
    stdin.close();
  }
}
