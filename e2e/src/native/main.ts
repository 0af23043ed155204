// The native tests: System Docker on this machine, in namespaces of its own, asked by the real docker command.
//   node tools/run.mjs e2e/src/native/main.ts [--built] [PART OF A TITLE...]
// --built takes dist/ as it is.

import { join } from 'node:path';
import { explain, formatMs, RosError } from '@drover/core';
import { openWorkspace } from '@drover/builder';
import { runMain } from '../run-main.ts';
import { buildForNative } from './build-for-native.ts';
import { differentialTests } from './differential/differential-tests.ts';
import { NativeMachine } from './native-machine.ts';
import { allNativeTests } from './tests/index.ts';
import type { NativeTest } from './tests/native-test.ts';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) {
    print('skipped: the native tests need root (mount namespaces, cgroups, device nodes)');
    return 0;
  }
  const words = process.argv.slice(2).filter((word) => word !== '--built');
  const workspace = openWorkspace();
  const tests = [...allNativeTests, ...differentialTests(join(workspace.root, 'e2e/src/native/differential/scripts'))];
  const chosen = tests.filter(({ title }) => words.length === 0 || words.some((word) => title.includes(word)));
  if (chosen.length === 0) throw new RosError('nothing-ran', `no native test has ${words.join(' or ')} in its title`);
  if (!process.argv.includes('--built')) buildForNative(workspace);
  let failed = 0;
  for (const sharesNetwork of [false, true]) {
    const group = chosen.filter((test) => (test.sharesNetwork ?? false) === sharesNetwork);
    if (group.length > 0) failed += await runGroup(await NativeMachine.open(workspace, { sharesNetwork }), group);
  }
  print(`native tests: ${chosen.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** How many failed. */
async function runGroup(machine: NativeMachine, tests: readonly NativeTest[]): Promise<number> {
  let failed = 0;
  try {
    await machine.startDaemon();
    for (const test of tests) {
      const started = Date.now();
      machine.daemonLog = '';
      try {
        await test.run(machine);
        await machine.removeContainers();
        print(`  ok ${test.title} (${formatMs(Date.now() - started)})`);
      } catch (error) {
        failed += 1;
        print(`  FAILED ${test.title}\n${explain(error).replace(/^/gm, '    ')}\n    the daemon's log:\n${machine.daemonLog.slice(-3000).replace(/^/gm, '      ')}`);
        await machine.endDaemon('SIGKILL');
        await machine.startDaemon();
        await machine.removeContainers().catch((problem: unknown) => print(`    clearing up failed: ${explain(problem)}`));
      }
    }
  } finally {
    await machine.close();
  }
  return failed;
}

runMain(main);
