// The digest of a file, by a process of its own: it may be large.

import { RosError } from '@drover/core';
import type { Engine } from '../engine.ts';

const LIMIT_MS = 30 * 60_000;

export async function hashFile({ host }: Engine, path: string): Promise<string> {
  const { code, stdout, stderr } = await host.processes.run(['sha256sum', path], { timeoutMs: LIMIT_MS });
  if (code !== 0) throw new RosError('registry-failed', `sha256sum: ${stderr.trim()}`);
  return `sha256:${stdout.slice(0, 64)}`;
}
