// Booting is not a matter of luck. Both run at the same time, on the two workers.

import { scenario } from '../../harness/scenario.ts';
import type { Scenario, Scene } from '../../harness/scenario.ts';
import { eventually } from '../../eventually.ts';
import { expectNoRecovery, reboot, SYSTEM_SERVICES, tell } from '../../product/checks.ts';
import { waitUserDocker } from '../../product/busybox-image.ts';
import type { Machine } from '../../machine/index.ts';
import type { DroverOptions } from '../../product/drover-setup.ts';
import { drover } from '../../product/drover-setup.ts';

const BOOTS = 10;
const LONG_BOOTS = 50;

/** Every way to ask for a reboot, in turn. */
const ASK: readonly ((machine: Machine) => Promise<unknown>)[] = [
  (machine) => tell(machine, 'sudo reboot'),
  (machine) => machine.pressKeys('ctrl', 'alt', 'delete'),
  (machine) => tell(machine, 'sudo shutdown -r now'),
];

async function bootAgainAndAgain(scene: Scene, options: DroverOptions): Promise<void> {
  const machine = await scene.boot(drover(options));
  for (let boot = 1; ; boot += 1) {
    await waitUserDocker(machine);
    await eventually(`all services run in boot ${boot}`, 60_000, async () => {
      const running = (await machine.ssh.ok("sudo system-docker ps --filter status=running --format '{{.Names}}'")).trim().split('\n').sort();
      return running.join() === [...SYSTEM_SERVICES].sort().join();
    });
    if (options.state !== 'none') await expectNoRecovery(machine);
    if (boot === (scene.long ? LONG_BOOTS : BOOTS)) return;
    await reboot(machine, () => ASK[boot % ASK.length]!(machine));
  }
}

const DEADLINE_MS = 120 * 60_000; // each boot has its own, shorter one

export const manyBoots: readonly Scenario[] = [
  scenario('ten boots in a row on one state disk succeed, by every way to reboot, without journal recovery', { minutes: 10, deadlineMs: DEADLINE_MS }, (scene) => bootAgainAndAgain(scene, { name: 'disk' })),
  scenario('ten boots in a row without a disk succeed', { minutes: 10, deadlineMs: DEADLINE_MS }, (scene) => bootAgainAndAgain(scene, { name: 'ram', state: 'none', memoryMb: 768 })),
];
