// Keeps the programs of a table running: each line a program with its arguments, started again whenever it ends, each
// in a session of its own. SIGTERM goes to all of them and ends the keeping.

import type { Exit, Process, SystemHost } from '@drover/host';

const BURST = 10;
const BURST_MS = 1000;
/** A program that can't stay up is tried again this often, rather than given up: its device may come. */
const PAUSE_MS = 10_000;

/** One command a line; `#` starts a comment line. */
export function parseRespawnTable(text: string): string[][] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(/\s+/));
}

export async function respawn(host: SystemHost, commands: readonly (readonly string[])[]): Promise<number> {
  const state = { stopping: false };
  const running = new Set<Process>();
  host.children.onOrphan(() => undefined);
  host.children.onSignal(['TERM', 'INT'], () => {
    state.stopping = true;
    for (const child of running) child.kill('TERM');
  });
  const keep = async (argv: readonly string[]): Promise<void> => {
    let starts: number[] = [];
    while (!state.stopping) {
      const now = host.clock.monotonic();
      starts = [...starts.filter((time) => now - time < BURST_MS), now];
      if (starts.length > BURST) await host.clock.sleep(PAUSE_MS);
      await runOnce(host, argv, running);
    }
  };
  await Promise.all(commands.map(keep));
  return 0;
}

async function runOnce(host: SystemHost, argv: readonly string[], running: Set<Process>): Promise<Exit> {
  let child: Process;
  try {
    child = host.children.start({ argv, descriptors: [[1, 1], [2, 2]], newSession: true });
  } catch {
    await host.clock.sleep(PAUSE_MS); // the program is missing; System Docker's log has what it could say
    return { code: 127 };
  }
  running.add(child);
  const exit = await child.wait();
  running.delete(child);
  return exit;
}
