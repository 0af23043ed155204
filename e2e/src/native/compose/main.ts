// The compose library on a real dockerd: libcompose's integration behaviours, and taking over projects of Docker Compose.
//   node tools/run.mjs e2e/src/native/compose/main.ts [PART OF A TITLE...]

import { explain, formatMs, RosError } from '@drover/core';
import { openWorkspace } from '@drover/builder';
import { runMain } from '../../run-main.ts';
import { DockerMachine, findDockerCompose, whyNot } from './docker-machine.ts';
import { allComposeTests } from './tests/index.ts';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  const reason = whyNot();
  if (reason !== undefined) {
    print(`skipped: the compose tests on a real dockerd: ${reason}`);
    return 0;
  }
  const words = process.argv.slice(2);
  const chosen = allComposeTests.filter(({ title }) => words.length === 0 || words.some((word) => title.includes(word)));
  if (chosen.length === 0) throw new RosError('nothing-ran', `no compose test has ${words.join(' or ')} in its title`);
  const machine = await DockerMachine.open(openWorkspace());
  const runnable = chosen.filter((test) => test.needsDockerCompose !== true || findDockerCompose() !== undefined);
  for (const { title } of chosen.filter((test) => !runnable.includes(test))) print(`  skipped: ${title}: Docker Compose 2 is not installed`);
  let failed = 0;
  try {
    for (const test of runnable) {
      const started = Date.now();
      machine.begin();
      try {
        await test.run(machine);
        print(`  ok ${test.title} (${formatMs(Date.now() - started)})`);
      } catch (error) {
        failed += 1;
        print(`  FAILED ${test.title}\n${explain(error).replace(/^/gm, '    ')}`);
      }
      await machine.end();
    }
  } finally {
    await machine.close();
  }
  print(`compose tests on a real dockerd: ${runnable.length - failed} passed, ${failed} failed, ${chosen.length - runnable.length} skipped`);
  return failed === 0 ? 0 : 1;
}

runMain(main);
