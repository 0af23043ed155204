// Every way to stop a machine stops it in order: containers get their signal, file systems are unmounted. Every way to
// restart it: boot/many-boots.ts.

import { scenario } from '../../harness/scenario.ts';
import type { Scenario, Scene } from '../../harness/scenario.ts';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { BUSYBOX, loadBusybox, waitUserDocker } from '../../product/busybox-image.ts';
import { expectCleanDisk, reboot, tell } from '../../product/checks.ts';
import { drover } from '../../product/drover-setup.ts';
import type { Machine } from '../../machine/index.ts';

const STOP_DEADLINE_MS = 120_000;

async function expectPowerOff(scene: Scene, ask: (machine: Machine) => Promise<unknown>): Promise<void> {
  const machine = await scene.boot(drover({ name: 'off' }));
  await waitUserDocker(machine);
  await ask(machine);
  expectEqual(await machine.waitEnd(STOP_DEADLINE_MS), 'power-off', 'the way the machine ended');
  await expectCleanDisk(machine);
}

export const power: readonly Scenario[] = [
  scenario('`poweroff` turns the machine off and leaves a clean disk', {}, (scene) => expectPowerOff(scene, (machine) => tell(machine, 'sudo poweroff'))),
  scenario('`shutdown -h now` turns the machine off and leaves a clean disk', {}, (scene) => expectPowerOff(scene, (machine) => tell(machine, 'sudo shutdown -h now'))),
  scenario('the power button turns the machine off and leaves a clean disk', {}, (scene) => expectPowerOff(scene, (machine) => machine.pressPowerButton())),

  scenario('`halt` stops the system and leaves a clean disk', {}, async (scene) => {
    const machine = await scene.boot(drover({ name: 'halt' }));
    await waitUserDocker(machine);
    const since = machine.serial.mark();
    await tell(machine, 'sudo halt');
    await machine.serial.waitFor('System halted', { deadlineMs: STOP_DEADLINE_MS, since });
    await machine.kill();
    await expectCleanDisk(machine);
  }),

  scenario('a container gets the time to end well when the machine stops', { minutes: 2 }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'orderly' }));
    await loadBusybox(scene.place.workspace, machine);
    await machine.ssh.ok('mkdir -p /home/rancher/out');
    await machine.ssh.ok(`docker run -d -v /home/rancher/out:/out ${BUSYBOX} sh -c 'trap "echo ended-well > /out/last; exit" TERM; while :; do sleep 0.2; done'`);
    await reboot(machine, () => tell(machine, 'sudo reboot'));
    expectContains(await machine.ssh.ok('cat /home/rancher/out/last'), 'ended-well');
  }),
];
