// One boot of one guest: when things happened, and what memory it takes a minute later.

import { eventually, powerOn } from '@drover/e2e';
import type { Workplace } from '@drover/e2e';
import type { Guest, Shell, Unattended } from '../guests/guest.ts';
import { kernelTimeOf, parseApiTime } from './kernel-clock.ts';
import type { Memory } from './memory.ts';
import { MEMORY_SCRIPT, parseMemory } from './memory.ts';

export interface BootFigures {
  /** Seconds of the kernel clock. */
  readonly initS: number;
  readonly promptS: number | undefined;
  readonly dockerS: number;
  readonly memory: Memory;
}

const UP_DEADLINE_MS = 300_000;
const OFF_DEADLINE_MS = 180_000;
/** Memory is read this long after User Docker answered or the prompt came: a measure, not a wait. */
const SETTLE_MS = 60_000;
const FIRST_SETTLE_MS = 5000;

/** Both clocks at the turn of a second: busybox's date knows no smaller unit. */
const CLOCKS = "was=$(date +%s); while now=$(date +%s); [ $now = $was ]; do :; done; cut -d' ' -f1 /proc/uptime; echo $now";

const INIT = /Run \S+ as init process/;

/** The first boot of a disk is not for its figures: it does more than later ones, and does not wait before it looks. */
export async function measureBoot(place: Workplace, guest: Guest, isFirst: boolean): Promise<BootFigures> {
  const machine = await powerOn(place, guest.setup, guest.setup.name);
  try {
    await machine.serial.waitFor(guest.up, { deadlineMs: UP_DEADLINE_MS });
    if (guest.prompt !== undefined) await machine.serial.waitFor(guest.prompt, { deadlineMs: UP_DEADLINE_MS });
    const settleMs = isFirst ? FIRST_SETTLE_MS : (guest.unattended?.settleMs ?? SETTLE_MS);
    await new Promise((resolve) => void setTimeout(resolve, settleMs));
    const booted = machine.serial.text;
    const shell = await guest.openShell(machine);
    const totals = guest.unattended === undefined ? undefined : await readUnattended(shell, guest.unattended, isFirst);
    const memory = parseMemory(await shell.run(MEMORY_SCRIPT, UP_DEADLINE_MS), totals);
    const [uptime, now] = (await shell.run(CLOCKS)).trim().split('\n').map(Number);
    const apiAt = await eventually('dockerd logs that its API answers', UP_DEADLINE_MS, async () => parseApiTime(guest.dockerLog === '' ? booted : await shell.run(guest.dockerLog)), 5000);
    const figures = {
      initS: kernelTimeOf(machine.serial, INIT),
      promptS: guest.prompt === undefined ? undefined : kernelTimeOf(machine.serial, guest.prompt),
      dockerS: apiAt - (now! - uptime!),
      memory,
    };
    await shell.run(`{ sleep 1; ${guest.powerOff}; } >/dev/null 2>&1 &`);
    await machine.waitEnd(OFF_DEADLINE_MS);
    return figures;
  } finally {
    await machine.kill();
  }
}

/** What was written before anybody logged in; the first boot has nothing yet, and sees to it that later ones have. */
async function readUnattended(shell: Shell, { install, read }: Unattended, isFirst: boolean): Promise<string | undefined> {
  const output = await shell.run(isFirst ? install : read);
  return isFirst ? undefined : output;
}
