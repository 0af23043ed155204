// Removing and copying whole trees. Both may take long, so they are left to child processes.

import { RosError } from '@drover/core';
import type { Host } from '@drover/host';

const LIMIT_MS = 30 * 60_000;

/** No error when it is absent. */
export async function removeTree(host: Host, path: string): Promise<void> {
  if (host.files.lstat(path) !== undefined) await run(host, ['rm', '-rf', '--', path], 'remove-failed');
}

/** What is in one folder into another, with owners, modes, times and links. */
export function copyTree(host: Host, from: string, to: string): Promise<void> {
  return run(host, ['cp', '-a', `${from}/.`, to], 'copy-failed');
}

async function run(host: Host, command: readonly string[], code: string): Promise<void> {
  const { code: exitCode, stderr } = await host.processes.run(command, { timeoutMs: LIMIT_MS });
  if (exitCode !== 0) throw new RosError(code, `${command.join(' ')} failed: ${stderr.trim() || `exit code ${exitCode}`}`);
}
