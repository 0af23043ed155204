// The tiny guest as a setup for scenarios.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Setup } from '../harness/scenario.ts';
import { createBlankDisk } from '../machine/index.ts';
import type { TinyGuest } from './tiny-guest.ts';
import { TINY_READY } from './tiny-guest.ts';

export function tinySetup(guest: TinyGuest): Setup {
  return {
    name: 'tiny',
    async prepare(place, folder) {
      mkdirSync(folder, { recursive: true });
      const disk = join(folder, 'state.qcow2');
      await createBlankDisk(disk, '64M');
      return { boot: guest.boot(place.publicKey), user: 'root', memoryMb: 256, disks: [{ serial: 'state', file: disk, format: 'qcow2' }] };
    },
    async ready(machine) {
      await machine.serial.waitFor(TINY_READY, { deadlineMs: 120_000 });
      await machine.ssh.waitReady(60_000);
    },
  };
}
