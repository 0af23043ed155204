// Boots the guests in turns (A B C A B C ...), so that a noisy minute of the host hits all of them alike.

import { messageOf } from '@drover/core';
import type { Workplace } from '@drover/e2e';
import type { Guest } from '../guests/guest.ts';
import type { Column } from '../report/report.ts';
import type { BootFigures } from './measure-boot.ts';
import { measureBoot } from './measure-boot.ts';

const TRIES = 3;

export async function compareBoots(place: Workplace, guests: readonly Guest[], rounds: number, print: (line: string) => void): Promise<Column[]> {
  for (const guest of guests) {
    print(`  first boot: ${guest.title}`);
    await repeated(() => measureBoot(place, guest, true), print);
  }
  const runs = new Map<Guest, BootFigures[]>(guests.map((guest) => [guest, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const guest of guests) {
      const figures = await repeated(() => measureBoot(place, guest, false), print);
      runs.get(guest)!.push(figures);
      print(`  round ${round}: ${guest.title}: User Docker after ${figures.dockerS.toFixed(1)} s, ${(figures.memory.usedKb / 1024).toFixed(0)} MB used`);
    }
  }
  return guests.map((guest) => ({ name: guest.name, title: guest.title, runs: runs.get(guest)! }));
}

/** The emulator kills a boot now and then (docs/decisions/emulator-threads.md); anything else that fails thrice is real. */
async function repeated(work: () => Promise<BootFigures>, print: (line: string) => void): Promise<BootFigures> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
      print(`  once more, because: ${messageOf(error).split('\n')[0] ?? ''}`);
    }
  }
}
