// The least memory with which the product boots to a working `docker run`.

import { messageOf } from '@drover/core';
import type { Workspace } from '@drover/builder';
import { BUSYBOX, drover, loadBusybox, powerOn } from '@drover/e2e';
import type { Workplace } from '@drover/e2e';

const STEP_MB = 32;
/** What is promised; the search goes on below. */
const START_MB = 256;
const LEAST_MB = 96;

export async function findSmallestRam(place: Workplace, quick: boolean, print: (line: string) => void): Promise<number | undefined> {
  let smallest: number | undefined;
  for (let memoryMb = START_MB; memoryMb >= LEAST_MB; memoryMb -= STEP_MB) {
    const failure = await tryToRun(place, memoryMb);
    print(`  ${memoryMb} MB: ${failure ?? 'docker run works'}`);
    if (failure !== undefined) return smallest;
    smallest = memoryMb;
    if (quick) return smallest;
  }
  return smallest;
}

/** Why it did not work, in a line; undefined when it did. */
async function tryToRun(place: Workplace, memoryMb: number): Promise<string | undefined> {
  const workspace: Workspace = place.workspace;
  const setup = drover({ name: 'bench-ram', memoryMb });
  const machine = await powerOn(place, setup, `bench-ram/${memoryMb}`);
  try {
    await setup.ready(machine);
    await loadBusybox(workspace, machine);
    await machine.ssh.ok(`docker run --rm ${BUSYBOX} true`, { deadlineMs: 240_000 });
    return undefined;
  } catch (error) {
    return messageOf(error).split('\n')[0];
  } finally {
    await machine.kill();
  }
}
