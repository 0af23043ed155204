// Removing and copying whole trees. Both may take long, so all but small trees are left to child processes.

import { join, RosError } from '@drover/core';
import type { Files, Host } from '@drover/host';

const LIMIT_MS = 30 * 60_000;

/** No error when it is absent. Small ones are removed here, which costs less than starting a process. */
export async function removeTree(host: Host, path: string): Promise<void> {
  const top = host.files.lstat(path);
  if (top === undefined) return;
  if (removeWithin(host.files, path, top.device, SMALL) < 0) await run(host, ['rm', '-rf', '--', path], 'remove-failed');
}

const SMALL = 60;

/** What is left of the number of entries that may be removed; negative: there is more than that, or a mount point. */
function removeWithin(files: Files, path: string, device: number, budget: number): number {
  const status = files.lstat(path);
  if (status === undefined) return budget;
  if (status.device !== device) return -1;
  let left = budget - 1;
  if (status.type === 'directory') {
    for (const name of files.list(path)) {
      if (left >= 0) left = removeWithin(files, join(path, name), device, left);
    }
  }
  if (left >= 0) files.remove(path);
  return left;
}

/** What is in one folder into another, with owners, modes, times and links. */
export function copyTree(host: Host, from: string, to: string): Promise<void> {
  return run(host, ['cp', '-a', `${from}/.`, to], 'copy-failed');
}

const MEASURE = `find "$1" -type f -exec stat -c %s {} + | awk '{ sum += $1 } END { printf "%d", sum }'`;

/** How many bytes the files below have. */
export async function measureTree(host: Host, path: string): Promise<number> {
  const { stdout } = await host.processes.run(['sh', '-c', MEASURE, 'measure', path], { timeoutMs: LIMIT_MS });
  return Number(stdout.trim());
}

async function run(host: Host, command: readonly string[], code: string): Promise<void> {
  const { code: exitCode, stderr } = await host.processes.run(command, { timeoutMs: LIMIT_MS });
  if (exitCode !== 0) throw new RosError(code, `${command.join(' ')} failed: ${stderr.trim() || `exit code ${exitCode}`}`);
}
