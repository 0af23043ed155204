// The product itself, asked over ssh.

import { mkdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createBlankDisk, drover, STARTED } from '@drover/e2e';
import type { Machine, Setup } from '@drover/e2e';
import { MEMORY_MB } from './disk-guest.ts';
import type { Guest, Shell, Unattended } from './guest.ts';

export function openDrover(): Guest {
  return {
    name: 'drover',
    title: 'Drover, all services up',
    setup: keptSetup(),
    up: STARTED,
    prompt: /login: /,
    dockerLog: 'system-docker logs docker 2>&1',
    openShell,
    unattended: UNATTENDED,
    powerOff: 'poweroff',
  };
}

/** A login by ssh takes some 5 MB, sudo included. The script is the user's own, run by the console when it starts. */
const UNATTENDED: Unattended = {
  install: `mkdir -p /opt/rancher/bin
printf '#!/bin/sh\\n(sleep 100; cat /proc/meminfo >/run/bench-meminfo) >/dev/null 2>&1 </dev/null &\\n' >/opt/rancher/bin/start.sh
chmod 755 /opt/rancher/bin/start.sh`,
  settleMs: 115_000, // the prompt may come before the console's script is started
  read: 'cat /run/bench-meminfo',
};

/** As the scenarios' machine, but its state disk stays from boot to boot. */
function keptSetup(): Setup {
  return {
    name: 'bench-drover',
    async prepare(place, folder) {
      mkdirSync(folder, { recursive: true });
      const file = join(folder, 'state.qcow2');
      if (!existsSync(file)) await createBlankDisk(file, '4G');
      return drover({ name: 'bench-drover', memoryMb: MEMORY_MB, state: { serial: 'state', file, format: 'qcow2' } }).prepare(place, folder);
    },
    ready: () => Promise.resolve(),
  };
}

async function openShell(machine: Machine): Promise<Shell> {
  await machine.ssh.waitReady(120_000);
  return { run: (script, deadlineMs = 120_000) => machine.ssh.ok('sudo sh -s', { input: script, deadlineMs }) };
}
