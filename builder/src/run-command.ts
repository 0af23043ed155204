// Running build tools: output is kept and shown only when the tool fails.

import { spawn } from 'node:child_process';
import { RosError } from '@drover/core';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Shown to the user as it comes, too. */
  readonly echo?: boolean;
  readonly hint?: string;
  /** What to call the command in an error; default: the command itself. */
  readonly name?: string;
}

export interface CommandResult {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Rejects with the last lines of the tool's output when it fails. */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, {
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      if (options.echo) process.stderr.write(chunk);
    });
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr.push(chunk);
      if (options.echo) process.stderr.write(chunk);
    });
    child.stdin?.on('error', () => undefined); // a tool that stops reading says why through its exit code
    child.stdin?.end(options.input);
    const describe = options.name ?? (command.length > 8 ? `${command.slice(0, 8).join(' ')} ...` : command.join(' '));
    const hint = options.hint === undefined ? {} : { hint: options.hint };
    child.on('error', (cause) => reject(new RosError('command-missing', `cannot start ${program!}`, { cause, ...hint })));
    child.on('close', (code, signal) => {
      const text = Buffer.concat(stderr).toString();
      if (code === 0) return resolve({ stdout: Buffer.concat(stdout), stderr: text });
      const tail = `${Buffer.concat(stdout).toString()}${text}`.trim().split('\n').slice(-25).join('\n  ');
      return reject(new RosError('command-failed', `${describe} ended with ${code ?? signal}:\n  ${tail}`, hint));
    });
  });
}
