// The same commands against dockerd and against System Docker: what they print, how they end, what they complain of. A
// difference fails the test unless the script gives a reason for it, and so does a reason that is none any more.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '@drover/testing';
import type { Ended, NativeMachine } from '../native-machine.ts';
import { SOCKET } from '../native-machine.ts';
import type { NativeTest } from '../tests/native-test.ts';
import { normalise } from './normalise.ts';
import type { ScriptCase, ScriptCommand } from './parse-script.ts';
import { parseScript } from './parse-script.ts';
import { askReference, startReference } from './reference-engine.ts';

const CLEAR = 'docker ps -aq | xargs -r docker rm -fv; docker volume ls -q | xargs -r docker volume rm; docker network ls -q --filter type=custom | xargs -r docker network rm';

export function differentialTests(scripts: string): NativeTest[] {
  return readdirSync(scripts).filter((name) => name.endsWith('.txt')).sort().map((name) => {
    const cases = parseScript(readFileSync(join(scripts, name), 'utf8'), name);
    const count = cases.reduce((sum, { commands }) => sum + commands.length, 0);
    return {
      title: `${count} commands about ${name.replace(/\.txt$/, '')} answer as dockerd does`,
      async run(machine): Promise<void> {
        await startReference(machine);
        const differences: string[] = [];
        for (const one of cases) differences.push(...(await compareCase(machine, name, one)));
        if (differences.length > 0) fail(`${differences.length} differences\n${differences.join('\n')}`);
      },
    };
  });
}

function askOurs(machine: NativeMachine, command: string): Promise<Ended> {
  return machine.run(['sh', '-c', command], { env: [`DOCKER_HOST=unix://${SOCKET}`, `IMAGE=${machine.base}`] });
}

async function compareCase(machine: NativeMachine, file: string, { title, commands }: ScriptCase): Promise<string[]> {
  const run = async (ask: (machine: NativeMachine, command: string) => Promise<Ended>): Promise<Ended[]> => {
    const ends: Ended[] = [];
    for (const { command } of commands) ends.push(await ask(machine, command));
    await ask(machine, CLEAR);
    return ends;
  };
  const [theirs, ours] = await Promise.all([run(askReference), run(askOurs)]);
  return commands.flatMap((command, i) => {
    const difference = compare(command, theirs[i]!, ours[i]!);
    return difference === undefined ? [] : [`${file}:${command.line} (${title}) $ ${command.command}\n${difference}`];
  });
}

function compare({ differs }: ScriptCommand, theirs: Ended, ours: Ended): string | undefined {
  const [wanted, got] = [render(theirs), render(ours)];
  if (wanted === got) return differs === undefined ? undefined : `  no longer differs; take away the reason: ${differs}`;
  return differs === undefined ? `  dockerd:       ${wanted}\n  System Docker: ${got}` : undefined;
}

function render({ code, stdout, stderr }: Ended): string {
  return normalise(`${code} ${JSON.stringify(normalise(stdout))} ${JSON.stringify(normalise(stderr))}`);
}
