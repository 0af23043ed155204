// Every way to start the product leads to the same system.

import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { drover } from '../../product/drover-setup.ts';
import { standard } from '../setups.ts';

const MEMORY_MB = 768; // the firmware and GRUB take their share while they load

export const bootModes: readonly Scenario[] = [
  scenario('kernel and initrd boot to a system that ssh reaches', { on: standard }, async ({ machine }) => {
    expectEqual((await machine.ssh.ok('id -un; id -u')).trim(), 'rancher\n1100');
  }),

  scenario('the ISO boots by BIOS', { minutes: 2 }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'bios', mode: 'iso', memoryMb: MEMORY_MB }));
    expectContains(await machine.ssh.ok('cat /etc/os-release'), /^ID=rancheros$/m);
    expectEqual((await machine.ssh.run('test -e /sys/firmware/efi')).code, 1, 'the exit code of looking for UEFI');
  }),

  scenario('the ISO boots by UEFI', { minutes: 2 }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'uefi', mode: 'uefi', memoryMb: MEMORY_MB }));
    expectContains(await machine.ssh.ok('cat /etc/os-release'), /^ID=rancheros$/m);
    await machine.ssh.ok('test -e /sys/firmware/efi');
  }),
];
