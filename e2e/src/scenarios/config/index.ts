// What the user asks for, and by which way.

import { QUIET } from '@drover/builder';
import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectContains, expectEqual } from '../../harness/expect.ts';
import { reboot, runOnSerial, tell, waitSerialShell } from '../../product/checks.ts';
import { BOOT_DEADLINE_MS, drover, standardUserData, STARTED } from '../../product/drover-setup.ts';

export const config: readonly Scenario[] = [
  scenario('a FAT config drive sets the host name, and a password from a kernel word opens the serial line', {}, async (scene) => {
    const setup = drover({ name: 'password', config: 'hostname: from-fat\n', words: [...QUIET, 'rancher.password=open-sesame'] });
    const machine = await scene.boot(setup);
    await machine.serial.waitFor(/login: *$/m, { deadlineMs: 60_000 });
    const since = machine.serial.mark();
    machine.serial.type('rancher\n');
    await machine.serial.waitFor(/[Pp]assword: *$/m, { deadlineMs: 60_000, since });
    machine.serial.type('open-sesame\n');
    await waitSerialShell(machine);
    expectContains(await runOnSerial(machine, 'id -un'), 'rancher');
    expectEqual(await machine.ssh.ok('hostname'), 'from-fat\n');
  }),

  scenario('an ISO9660 config drive sets the host name, and autologin opens a shell on the serial line', {}, async (scene) => {
    const machine = await scene.boot(drover({ name: 'autologin', config: 'hostname: from-iso\n', configFormat: 'iso9660', words: ['rancher.autologin=ttyS0'] }));
    expectEqual(await machine.ssh.ok('hostname'), 'from-iso\n');
    await waitSerialShell(machine);
    expectContains(await runOnSerial(machine, 'id -un'), 'rancher');
  }),

  scenario('cloud-config.yml on the state partition counts at the next boot, written by hand and by ros config', { minutes: 2 }, async (scene) => {
    const machine = await scene.boot(drover({ name: 'file' }));
    await machine.ssh.ok('printf "#cloud-config\\nhostname: from-file\\n" | sudo tee /var/lib/rancher/conf/cloud-config.yml >/dev/null');
    expectEqual(await machine.ssh.ok('sudo ros config get hostname'), 'from-file\n');
    await machine.ssh.ok("sudo ros config set write_files '[]' && printf 'rancher:\\n  environment: {A: b}\\n' | sudo ros c merge && sudo ros config set rancher.debug true");
    await reboot(machine, () => tell(machine, 'sudo reboot'));
    expectEqual(await machine.ssh.ok('hostname'), 'from-file\n');
    expectEqual(await machine.ssh.ok('sudo cat /var/lib/rancher/conf/cloud-config.yml'), '#cloud-config\nhostname: from-file\nrancher:\n  debug: true\n  environment:\n    A: b\nwrite_files: []\n');
    expectContains(await machine.ssh.ok('sudo ros config explain rancher.docker.debug'), 'value:   true');
  }),

  scenario('a broken cloud-config is reported with file, line and column, and the machine boots', {}, async (scene) => {
    const userData = (key: string): string => standardUserData('hostname: fine\nrancher:\n  debug: [true\n')(key);
    const setup = drover({ name: 'broken', userData, words: ['rancher.autologin=ttyS0'] });
    const machine = await scene.power(setup);
    await machine.serial.waitFor(/user_data:\d+:\d+: error: /, { deadlineMs: BOOT_DEADLINE_MS });
    await machine.serial.waitFor(STARTED, { deadlineMs: BOOT_DEADLINE_MS });
    await waitSerialShell(machine);
    expectContains(await runOnSerial(machine, 'id -un'), 'rancher');
  }),
];
