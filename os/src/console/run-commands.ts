// Commands and scripts of the user, one after the other, with their output in the log of whoever runs them.

import type { Command } from '@drover/cloud-config';
import type { Host } from '@drover/host';
import { codeOf, decodeUtf8, RosError } from '@drover/core';

type CommandHost = Pick<Host, 'files' | 'processes'>;

/** The first that fails keeps the rest from running: they may build on it. Empty ones are passed over. */
export async function runCommands(host: CommandHost, commands: readonly Command[]): Promise<void> {
  for (const command of commands) {
    if (command.length === 0) continue;
    const shown = typeof command === 'string' ? command.trim() : command.join(' ');
    const code = await run(host, typeof command === 'string' ? ['/bin/sh', '-c', command] : command, shown);
    if (code !== 0) throw new RosError('command-failed', `${shown}: ended with ${code}; the commands after it do not run`);
  }
}

const EXECUTABLE_BITS = 0o111;

/** As RancherOS: only what may be executed, and without `#!` it is for a shell. */
export async function runScript(host: CommandHost, path: string): Promise<void> {
  const status = host.files.stat(path);
  if (status?.type !== 'file' || (status.mode & EXECUTABLE_BITS) === 0) return;
  const named = decodeUtf8(host.files.readBytes(path, 2)) === '#!' || isProgram(host.files.readBytes(path, 4));
  const code = await run(host, named ? [path] : ['/bin/sh', path], path);
  if (code !== 0) throw new RosError('script-failed', `ended with ${code}`);
}

function isProgram(head: Uint8Array): boolean {
  return head[0] === 0x7f && decodeUtf8(head.subarray(1)) === 'ELF';
}

async function run(host: CommandHost, argv: readonly string[], shown: string): Promise<number> {
  try {
    return (await host.processes.start(argv, { stdout: 'inherit', stderr: 'inherit' }).wait()).code;
  } catch (error) {
    throw new RosError('command-failed', `${shown}: could not be started (${codeOf(error) ?? String(error)})`, { cause: error });
  }
}
