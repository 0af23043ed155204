// Calls of crun that are over at once. What a container's life hangs on goes through conmon.

import { explain, join, RosError } from '@drover/core';
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

/**
 * What `crun start` does, without a process for it: the container's first process waits for a byte in this pipe, and
 * crun takes a container whose pipe is gone for started (libcrun_status_write_exec_fifo).
 */
export async function startCreated(engine: Engine, id: string): Promise<void> {
  const { files } = engine.host;
  const path = join(engine.paths.crun, id, 'exec.fifo');
  if (files.stat(path)?.type !== 'fifo') {
    await requireCrun(engine, ['start', id]); // another crun, or a reason that it tells
    return;
  }
  // Opened both ways: that never waits, not even when the process has just died. Its end is noticed as any other.
  const pipe = files.open(path, 'read-write');
  try {
    files.remove(path);
    pipe.write(new Uint8Array(1));
  } finally {
    pipe.close();
  }
}

const CGROUPS = '/sys/fs/cgroup';

/**
 * Ends what still runs in its cgroup and drops what crun keeps of it. No error when there is nothing. An empty cgroup is
 * all that most containers leave: removing it shows that, and crun is not needed.
 */
export async function dropCrunContainer(engine: Engine, id: string, cgroupsPath: string): Promise<void> {
  const { files } = engine.host;
  try {
    files.remove(join(CGROUPS, cgroupsPath));
    files.removeTree(join(engine.paths.crun, id));
  } catch (error) {
    engine.log.debug(`leaving the container to crun: ${explain(error)}`, { container: id });
    await deleteCrunContainer(engine, id);
  }
}

/** As `dropCrunContainer`, for one that nothing is known of. */
export async function deleteCrunContainer(engine: Engine, id: string): Promise<void> {
  const { code, stderr } = await runCrun(engine, ['delete', '--force', id]);
  if (code !== 0 && !/does not exist|No such file/.test(stderr)) engine.log.warn(`crun delete failed: ${stderr.trim()}`, { container: id });
}
