// Removing and copying whole trees. Both may take long, so all but small trees are left to child processes.

import { join, RosError } from '@drover/core';
import type { Files, Host } from '@drover/host';

const LIMIT_MS = 30 * 60_000;

/** No error when it is absent. */
export async function removeTree(host: Host, path: string): Promise<void> {
  if (host.files.lstat(path) === undefined) return;
  if (countEntries(host.files, path, SMALL) < SMALL) host.files.removeTree(path);
  else await run(host, ['rm', '-rf', '--', path], 'remove-failed');
}

/** Removed at once, such a tree costs less than starting a process. */
const SMALL = 50;

/** At most `most` of them are looked at. */
function countEntries(files: Files, path: string, most: number): number {
  let count = 1;
  if (files.lstat(path)?.type !== 'directory') return count;
  for (const name of files.list(path)) {
    if (count >= most) break;
    count += countEntries(files, join(path, name), most - count);
  }
  return count;
}

/** What is in one folder into another, with owners, modes, times and links. */
export function copyTree(host: Host, from: string, to: string): Promise<void> {
  return run(host, ['cp', '-a', `${from}/.`, to], 'copy-failed');
}

async function run(host: Host, command: readonly string[], code: string): Promise<void> {
  const { code: exitCode, stderr } = await host.processes.run(command, { timeoutMs: LIMIT_MS });
  if (exitCode !== 0) throw new RosError(code, `${command.join(' ')} failed: ${stderr.trim() || `exit code ${exitCode}`}`);
}
