// The harness tested by itself, on a guest that is not the product: that it can pass, and above all that it can fail.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Setup } from './scenario.ts';
import { scenario } from './scenario.ts';
import type { Workplace } from '../machine/index.ts';
import { createBlankDisk } from '../machine/index.ts';
import { eventually } from '../eventually.ts';
import { expectContains, expectEqual } from './expect.ts';
import { planRun } from './plan-run.ts';
import type { AreaScenario } from './plan-run.ts';
import { runScenarios } from './run-scenarios.ts';

const MUST_FAIL = 'a line that never comes must fail the scenario';

function selfScenarios(tiny: Setup): readonly AreaScenario[] {
  const list = [
    scenario('a command over ssh gives its output and its exit code', { on: tiny }, async ({ machine }) => {
      const result = await machine.ssh.run('echo to-stdout; echo to-stderr >&2; exit 7');
      expectEqual(`${result.code} ${result.stdout.trim()} ${result.stderr.trim()}`, '7 to-stdout to-stderr');
    }),
    scenario('what is typed on the serial console is answered there', { on: tiny }, async ({ machine }) => {
      const since = machine.serial.mark();
      machine.serial.type('echo $((6*7)) is the answer\n');
      await machine.serial.waitFor(/^42 is the answer$/m, { deadlineMs: 30_000, since });
    }),
    scenario('disks carry their serial numbers, plugged ones as well', { on: tiny }, async ({ machine, place, slug }) => {
      expectEqual((await machine.ssh.ok('cat /sys/block/vda/serial')).trim(), 'state');
      const file = join(place.folder, `${slug}.qcow2`);
      await createBlankDisk(file, '8M');
      const id = await machine.plugDisk({ serial: 'plugged', file, format: 'qcow2' });
      await eventually('the plugged disk is there', 30_000, async () => (await machine.ssh.run('cat /sys/block/vdb/serial')).stdout.trim() === 'plugged');
      await machine.unplug(id);
    }),
    scenario('a dirty scenario may change memory and disk', { on: tiny, leaves: 'dirty' }, async ({ machine }) => {
      await machine.ssh.ok('echo dirt > /tmp/dirt; echo dirt > /dev/vda; sync; ! grep -q clean /dev/vda');
    }),
    scenario(MUST_FAIL, { on: tiny, leaves: 'dirty' }, async ({ machine }) => {
      await machine.serial.waitFor('this line never comes', { deadlineMs: 2000 });
    }),
    scenario('the machine is restored after a dirty scenario and after a failed one', { on: tiny, leaves: 'dirty' }, async ({ machine }) => {
      expectEqual((await machine.ssh.ok('ls /tmp; grep dirt /dev/vda; true')).trim(), '');
      machine.serial.type('poweroff -f\n');
      expectEqual(await machine.waitEnd(60_000), 'power-off');
    }),
    scenario('a machine that ended is replaced by a new one', { on: tiny, leaves: 'dirty' }, async ({ machine }) => {
      expectContains(await machine.ssh.ok('cat /proc/uptime'), '.');
    }),
  ];
  return list.map((one) => ({ area: 'harness', scenario: one }));
}

/** Returns how many self tests passed; throws when the harness is wrong. */
export async function testHarness(place: Workplace, tiny: Setup, print: (line: string) => void): Promise<number> {
  const silent: string[] = [];
  const outcomes = await runScenarios(place, planRun(selfScenarios(tiny), { long: true, names: [] }), { workers: 1, long: false, print: (line) => silent.push(line) });
  const wrong = outcomes.filter((one) => (one.failure !== undefined) !== one.title.includes(MUST_FAIL));
  if (wrong.length > 0) {
    const list = wrong.map((one) => `${one.title}: ${one.failure ?? 'it passed'}`).join('\n');
    throw new RosError('harness', `the test harness itself does not work:\n${list}`);
  }
  const failure = outcomes.find((one) => one.failure !== undefined)?.failure ?? '';
  const artifacts = [...failure.matchAll(/^artifact: (.+)$/gm)].map((found) => found[1]!);
  for (const name of ['serial.log', 'qemu.txt', 'screen.png']) {
    const file = artifacts.find((one) => one.endsWith(name));
    if (file === undefined || !existsSync(join(place.workspace.root, file))) throw new RosError('harness', `a failed scenario left no ${name}:\n${failure}`);
  }
  if (!failure.includes('Tiny guest started')) throw new RosError('harness', `a failed scenario does not show the serial console:\n${failure}`);
  print(`  harness: ${outcomes.length} self tests, among them one that had to fail`);
  return outcomes.length;
}
