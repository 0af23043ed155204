// A machine over ssh: the system's client with one shared connection, so that a command costs no key exchange.

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { RosError } from '@drover/core';
import { eventually } from '../eventually.ts';

export interface SshTarget {
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  /** Of the shared connection; unix socket paths are short. */
  readonly controlPath: string;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  /** Default 120 s. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 120_000;

export function sshArguments(target: SshTarget): string[] {
  const options = [
    'BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'LogLevel=ERROR',
    'ControlMaster=auto', `ControlPath=${target.controlPath}`, 'ControlPersist=yes', 'ConnectTimeout=20', 'ServerAliveInterval=10', 'ServerAliveCountMax=6',
  ];
  return ['-F', 'none', '-i', target.keyFile, '-p', String(target.port), ...options.flatMap((option) => ['-o', option]), `${target.user}@127.0.0.1`];
}

export class Ssh {
  readonly target: SshTarget;

  constructor(target: SshTarget) {
    this.target = target;
  }

  /** The outcome, whatever the exit code. Throws `ssh-failed` when the machine could not be reached. */
  async run(command: string, options: RunOptions = {}): Promise<CommandResult> {
    const { code, stdout, stderr } = await this.exchange(command, options);
    return { code, stdout: stdout.toString(), stderr };
  }

  /** Stdout of a command that must succeed. */
  async ok(command: string, options: RunOptions = {}): Promise<string> {
    const result = await this.run(command, options);
    if (result.code !== 0) throw new RosError('remote-failed', `in the machine, \`${command}\` ended with ${result.code}:\n${result.stdout}${result.stderr}`);
    return result.stdout;
  }

  async waitReady(deadlineMs: number): Promise<void> {
    await eventually(`ssh ${this.target.user}@127.0.0.1:${this.target.port} answers`, deadlineMs, async () => (await this.run('true', { deadlineMs: 30_000 })).code === 0, 500);
  }

  async copyIn(file: string, path: string): Promise<void> {
    await this.ok(`cat > ${path}`, { input: readFileSync(file), deadlineMs: 300_000 });
  }

  async copyOut(path: string, file: string): Promise<void> {
    const { code, stdout, stderr } = await this.exchange(`cat ${path}`, { deadlineMs: 300_000 });
    if (code !== 0) throw new RosError('remote-failed', `reading ${path} in the machine failed: ${stderr}`);
    writeFileSync(file, stdout);
  }

  /** Forgets the shared connection: after a reboot or a restored snapshot it is dead. */
  disconnect(): Promise<void> {
    return new Promise((resolve) => {
      const child = spawn('ssh', ['-O', 'exit', ...sshArguments(this.target)], { stdio: 'ignore' });
      child.on('error', () => resolve());
      child.on('close', () => resolve());
    });
  }

  private exchange(command: string, options: RunOptions): Promise<{ code: number; stdout: Buffer; stderr: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn('ssh', [...sshArguments(this.target), '--', command], { stdio: ['pipe', 'pipe', 'pipe'] });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        child.kill('SIGKILL');
      }, deadlineMs);
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.stdin.on('error', () => undefined); // a command that does not read its input
      child.stdin.end(options.input ?? '');
      const finish = (code: number | null): void => {
        clearTimeout(timer);
        child.stderr.destroy(); // the shared connection's process keeps it open
        const said = Buffer.concat(stderr).toString();
        if (late) reject(new RosError('timeout', `in the machine, \`${command}\` did not end within ${deadlineMs / 1000} s\n${Buffer.concat(stdout).toString()}${said}`));
        else if (code === 255 && stdout.length === 0) reject(new RosError('ssh-failed', `ssh to port ${this.target.port} failed: ${said.trim()}`));
        else resolve({ code: code ?? 255, stdout: Buffer.concat(stdout), stderr: said });
      };
      child.on('error', (cause) => {
        clearTimeout(timer);
        reject(new RosError('ssh-missing', 'cannot start ssh', { cause, hint: 'install openssh-client' }));
      });
      child.stdout.on('end', () => {
        if (child.exitCode !== null || child.signalCode !== null) finish(child.exitCode);
        else child.on('exit', finish);
      });
    });
  }
}
