// A shell on the serial line of a machine that has no ssh.

import { RosError } from '@drover/core';
import { eventually } from '@drover/e2e';
import type { Machine } from '@drover/e2e';
import type { Shell } from './guest.ts';

/** The machine must be at a shell prompt, or wait for a key to give one. */
export async function openSerialShell(machine: Machine): Promise<Shell> {
  const since = machine.serial.mark();
  await eventually('a shell answers on the serial line', 120_000, async () => {
    // Behind a pipe the shell is not interactive: no prompts, no editing of lines, no echo.
    machine.serial.type('\nstty -echo; cat | sh\necho he""re-I-am\n');
    await machine.serial.waitFor(/^here-I-am$/m, { deadlineMs: 15_000, since });
    return true;
  });
  let count = 0;
  return {
    async run(script, deadlineMs = 120_000) {
      count += 1;
      const mark = machine.serial.mark();
      machine.serial.type(`{\n${script}\n}; echo "en""d-${count}-$?"\n`);
      const [, output, code] = await machine.serial.waitFor(new RegExp(`^([\\s\\S]*?)end-${count}-(\\d+)`), { deadlineMs, since: mark });
      if (code !== '0') throw new RosError('remote-failed', `a script ended with ${code} on the serial line:\n${script}\n${output}`);
      return output!;
    },
  };
}
