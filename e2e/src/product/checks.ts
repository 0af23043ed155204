// Questions that several scenarios ask a machine.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import { runCommand } from '@drover/builder';
import { eventually } from '../eventually.ts';
import { expectContains, expectLacks } from '../harness/expect.ts';
import type { Disk, Machine } from '../machine/index.ts';
import { exportRaw } from '../machine/index.ts';
import { BOOT_DEADLINE_MS, waitUp } from './drover-setup.ts';

export const SYSTEM_SERVICES: readonly string[] = ['udev', 'network', 'syslog', 'ntp', 'console', 'docker'];

/** The journal of a file system that was not unmounted is replayed at the next mount, and the kernel says so. */
export async function expectNoRecovery(machine: Machine): Promise<void> {
  expectLacks(await machine.ssh.ok('sudo dmesg'), /EXT4-fs \(.*\): (?:recovery complete|orphan cleanup)/, 'the kernel log');
}

/** The ended machine left its state disk unmounted. */
export async function expectCleanDisk(machine: Machine): Promise<void> {
  const disk = machine.options.disks?.find((one) => one.serial === 'state');
  const header = await describeExt4(disk!, machine.folder);
  expectContains(header, /^Filesystem state:\s+clean$/m, 'the header of the state file system');
  expectLacks(header, 'needs_recovery', 'the header of the state file system');
}

async function describeExt4(disk: Disk, folder: string): Promise<string> {
  const raw = join(folder, 'state.raw');
  try {
    await exportRaw(disk.file, raw);
    return (await runCommand(['dumpe2fs', '-h', raw], { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } })).stdout.toString();
  } finally {
    rmSync(raw, { force: true });
  }
}

/** Asks the machine to boot again, and waits until it is up. */
export async function reboot(machine: Machine, ask: () => Promise<unknown>): Promise<void> {
  const since = machine.serial.mark();
  await ask();
  await machine.serial.waitFor('Linux version', { deadlineMs: BOOT_DEADLINE_MS, since });
  await machine.ssh.disconnect();
  await waitUp(machine, since);
}

/** A command that ends the connection it came through. */
export async function tell(machine: Machine, command: string): Promise<void> {
  await machine.ssh.run(`nohup sh -c 'sleep 1; ${command}' >/dev/null 2>&1 &`);
}

/** A shell without a login answers on the serial console: autologin, or the rescue shell. */
export async function waitSerialShell(machine: Machine, deadlineMs = 60_000): Promise<void> {
  const since = machine.serial.mark();
  await eventually('a shell answers on the serial console', deadlineMs, async () => {
    machine.serial.type('echo he""re-I-am\n');
    await machine.serial.waitFor(/^here-I-am$/m, { deadlineMs: 4000, since });
    return true;
  });
}

/** Runs a command on a serial console that is logged in. The marker is not in the echo of what was typed. */
export async function runOnSerial(machine: Machine, command: string, deadlineMs = 120_000): Promise<string> {
  const since = machine.serial.mark();
  const tag = String(since);
  machine.serial.type(`echo "be""gin-${tag}"; ${command}; echo "en""d-${tag}-$?"\n`);
  const [text, output, code] = await machine.serial.waitFor(new RegExp(`^begin-${tag}\\n([\\s\\S]*?)end-${tag}-(\\d+)`, 'm'), { deadlineMs, since });
  if (code !== '0') throw new RosError('remote-failed', `on the serial console, \`${command}\` ended with ${code}:\n${text}`);
  return output!;
}
