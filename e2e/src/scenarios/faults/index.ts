// What goes wrong is survived, or told in a sentence.

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { BUSYBOX, loadBusybox, waitUserDocker } from '../../product/busybox-image.ts';
import type { Machine } from '../../machine/index.ts';
import { reboot, runOnSerial, tell, waitSerialShell } from '../../product/checks.ts';
import { BOOT_DEADLINE_MS, drover, STARTED } from '../../product/drover-setup.ts';
import { killedEngine, killedServices } from './killed-engine.ts';

/** To the last block, those reserved for root included. */
const FILL_DISK = `sudo sh -c 'i=0; for size in 1073741824 134217728 16777216 1048576 65536 4096; do while fallocate -l $size /var/lib/docker/filler$i; do i=$((i+1)); done; done; sync' 2>/dev/null`;

/** The shell inside PID 1, for the time before there is a root file system. */
async function expectBuiltinShell(machine: Machine): Promise<void> {
  await machine.serial.waitFor(/\[rescue\] # /, { deadlineMs: 60_000 });
  const since = machine.serial.mark();
  machine.serial.type('disks\n');
  await machine.serial.waitFor(/^\/dev\/vda \d+ bytes/m, { deadlineMs: 60_000, since });
}

export const faults: readonly Scenario[] = [
  killedEngine,
  killedServices,

  scenario('a machine without a network card boots to a shell and a running User Docker', { minutes: 2 }, async (scene) => {
    const machine = await scene.power(drover({ name: 'no-network', network: 'none', words: ['rancher.autologin=ttyS0'] }));
    await machine.serial.waitFor(STARTED, { deadlineMs: BOOT_DEADLINE_MS });
    await waitSerialShell(machine);
    expectContains(await runOnSerial(machine, 'wait-for-docker && docker version >/dev/null && docker info --format "{{.Driver}}"', 240_000), 'overlay2');
  }),

  scenario('256 MB of RAM are enough for a working docker run', { minutes: 2 }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'small', memoryMb: 256 }));
    await loadBusybox(scene.place.workspace, machine);
    expectEqual(await machine.ssh.ok(`docker run --rm ${BUSYBOX} echo works`), 'works\n');
  }),

  scenario('a machine whose state disk is full boots, lets people in and recovers', { minutes: 3, deadlineMs: 10 * 60_000 }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'full' }));
    await waitUserDocker(machine);
    await machine.ssh.run(FILL_DISK, { deadlineMs: 300_000 });
    expectContains(await machine.ssh.ok('df -P /var/lib/docker | tail -1'), '100%');
    await reboot(machine, () => tell(machine, 'sudo reboot'));
    await machine.ssh.ok("sudo sh -c 'rm /var/lib/docker/filler*'");
    await reboot(machine, () => tell(machine, 'sudo reboot'));
    await waitUserDocker(machine);
  }),

  scenario('a state partition that does not exist leaves the machine in RAM', {}, async (scene) => {
    const machine = await scene.boot(drover({ name: 'nonexistent', state: 'none', memoryMb: 768, words: ['rancher.state.dev=LABEL=NONEXISTENT'] }));
    expectContains(await machine.ssh.ok('df -P /var/lib/docker | tail -1'), /^(?:tmpfs|rootfs|none|overlay)/);
  }),

  scenario('a root file system that is damaged opens a rescue shell that says so', {}, async (scene) => {
    const folder = join(scene.place.folder, scene.slug);
    mkdirSync(folder, { recursive: true });
    const rootfs = join(folder, 'damaged.squashfs');
    const bytes = randomBytes(1 << 20);
    bytes.write('hsqs');
    writeFileSync(rootfs, bytes);
    const machine = await scene.power(drover({ name: 'damaged', rootfs }));
    await machine.serial.waitFor(/rescue shell/i, { deadlineMs: BOOT_DEADLINE_MS });
    expectContains(machine.serial.text, /rootfs|squashfs/i, 'the serial console');
    await expectBuiltinShell(machine);
  }),

  scenario('a root file system that is missing opens a rescue shell that says so', {}, async (scene) => {
    const machine = await scene.power(drover({ name: 'missing', rootfs: false }));
    await machine.serial.waitFor(/rescue shell/i, { deadlineMs: BOOT_DEADLINE_MS });
    expectContains(machine.serial.text, /rootfs/i, 'the serial console');
    await expectBuiltinShell(machine);
  }),
];
