// Calls of crun that are over at once. What a container's life hangs on goes through conmon.

import { RosError } from '@drover/core';
import type { RunResult } from '@drover/host';
import type { Engine } from '../engine.ts';

const LIMIT_MS = 60_000;

/** Arguments that every call has. */
export function crunOptions(engine: Engine): string[] {
  return ['--root', engine.paths.crun, '--cgroup-manager=cgroupfs'];
}

export function runCrun(engine: Engine, args: readonly string[]): Promise<RunResult> {
  return engine.host.processes.run([engine.programs.crun, ...crunOptions(engine), ...args], { timeoutMs: LIMIT_MS });
}

/** Throws `crun-failed` with crun's own words. */
export async function requireCrun(engine: Engine, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr, timedOut } = await runCrun(engine, args);
  if (code !== 0) throw new RosError('crun-failed', timedOut ? `crun ${args[0]!} did not end within ${LIMIT_MS / 1000} s` : stderr.trim());
  return stdout;
}

/** What crun knows of a container; undefined when it knows nothing. */
export async function readCrunStatus(engine: Engine, id: string): Promise<{ readonly status: string; readonly pid: number } | undefined> {
  const { code, stdout } = await runCrun(engine, ['state', id]);
  return code === 0 ? (JSON.parse(stdout) as { status: string; pid: number }) : undefined;
}

/** Ends what still runs in its cgroup and drops what crun keeps of it. No error when there is nothing. */
export async function deleteCrunContainer(engine: Engine, id: string): Promise<void> {
  const { code, stderr } = await runCrun(engine, ['delete', '--force', id]);
  if (code !== 0 && !/does not exist|No such file/.test(stderr)) engine.log.warn(`crun delete failed: ${stderr.trim()}`, { container: id });
}
