// Booting is not a matter of luck, and neither is stopping. A run of all scenarios boots dozens of times, all of which
// have to come up, and says how often; --long boots these two machines fifty times each.

import { scenario } from '../../harness/scenario.ts';
import type { Scenario, Scene } from '../../harness/scenario.ts';
import { eventually } from '../../eventually.ts';
import { expectContains, expectEqual, expectLacks } from '../../harness/expect.ts';
import { BUSYBOX, loadBusybox, waitUserDocker } from '../../product/busybox-image.ts';
import { expectCleanDisk, expectNoRecovery, reboot, SYSTEM_SERVICES, tell } from '../../product/checks.ts';
import type { Machine } from '../../machine/index.ts';
import { drover } from '../../product/drover-setup.ts';

const LONG_BOOTS = 50;
const STOP_DEADLINE_MS = 120_000;

/** From a machine that is up to one that is up again, for the boot of this number. */
type NextBoot = (machine: Machine, scene: Scene, boot: number) => Promise<Machine>;

function restart(ask: (machine: Machine) => Promise<unknown>): NextBoot {
  return async (machine) => {
    await reboot(machine, () => ask(machine));
    return machine;
  };
}

/** Off, with a clean disk; then another machine with that disk. */
function turnOff(ask: (machine: Machine) => Promise<unknown>, waitOff: (machine: Machine, since: number) => Promise<void> = waitPowerOff): NextBoot {
  return async (machine, scene, boot) => {
    const since = machine.serial.mark();
    await ask(machine);
    await waitOff(machine, since);
    await expectCleanDisk(machine);
    const state = machine.options.disks?.find((disk) => disk.serial === 'state');
    return scene.boot(drover({ name: `disk-${boot}`, ...(state && { state }) }));
  };
}

async function waitPowerOff(machine: Machine): Promise<void> {
  expectEqual(await machine.waitEnd(STOP_DEADLINE_MS), 'power-off', 'the way the machine ended');
}

async function waitHalt(machine: Machine, since: number): Promise<void> {
  await machine.serial.waitFor('System halted', { deadlineMs: STOP_DEADLINE_MS, since });
  await machine.kill();
}

const RESTARTS: readonly NextBoot[] = [
  restart((machine) => tell(machine, 'sudo reboot')),
  restart((machine) => machine.pressKeys('ctrl', 'alt', 'delete')),
  restart((machine) => tell(machine, 'sudo shutdown -r now')),
];

/** In turn. */
const EVERY_WAY: readonly NextBoot[] = [
  turnOff((machine) => tell(machine, 'sudo poweroff')),
  ...RESTARTS,
  turnOff((machine) => machine.pressPowerButton()),
  turnOff((machine) => tell(machine, 'sudo shutdown -h now')),
  turnOff((machine) => tell(machine, 'sudo halt'), waitHalt),
];

/** Each way once; with --long again and again. */
async function bootAgainAndAgain(scene: Scene, first: Machine, ways: readonly NextBoot[], check: (machine: Machine) => Promise<void>): Promise<void> {
  const boots = scene.long ? LONG_BOOTS : ways.length + 1;
  let machine = first;
  for (let boot = 1; ; boot += 1) {
    await waitUserDocker(machine);
    await eventually(`all services run in boot ${boot}`, 60_000, async () => {
      const running = (await machine.ssh.ok("sudo system-docker ps --filter status=running --format '{{.Names}}'")).trim().split('\n').sort();
      return running.join() === [...SYSTEM_SERVICES].sort().join();
    });
    await check(machine);
    if (boot === boots) return;
    machine = await ways[(boot - 1) % ways.length]!(machine, scene, boot + 1);
  }
}

const DEADLINE_MS = 120 * 60_000; // each boot has its own, shorter one

export const manyBoots: readonly Scenario[] = [
  scenario('after every way to restart and to turn off the machine boots again, and its disk was clean', { minutes: 8, deadlineMs: DEADLINE_MS }, async (scene) => {
    await bootAgainAndAgain(scene, await scene.boot(drover({ name: 'disk' })), EVERY_WAY, expectNoRecovery);
  }),

  scenario('a machine without a disk boots again after every way to restart, and runs containers in RAM', { minutes: 4, deadlineMs: DEADLINE_MS }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'ram', state: 'none', memoryMb: 768 }));
    await bootAgainAndAgain(scene, machine, RESTARTS, async () => expectLacks(await machine.ssh.ok('sudo blkid || true'), 'RANCHER_STATE'));
    await loadBusybox(scene.place.workspace, machine);
    expectContains(await machine.ssh.ok(`docker run --rm ${BUSYBOX} echo works`), 'works\n');
  }),
];
