// The native tests: System Docker on this machine, in namespaces of its own, asked by the real docker command.
//   node tools/run.mjs e2e/src/native/main.ts [--built] [PART OF A TITLE...]
// --built takes dist/ as it is.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { explain, formatMs, RosError } from '@drover/core';
import { openWorkspace } from '@drover/builder';
import type { Workspace } from '@drover/builder';
import { runMain } from '../run-main.ts';
import { NativeMachine } from './native-machine.ts';
import { allNativeTests } from './tests/index.ts';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function build(workspace: Workspace): void {
  const { status } = spawnSync(process.execPath, [join(workspace.root, 'tools/run.mjs'), 'builder/src/main.ts', 'build', 'ros', 'rootfs'], { stdio: 'inherit', cwd: workspace.root });
  if (status !== 0) throw new RosError('build-failed', 'the build failed', { hint: 'see its last lines above' });
}

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) {
    print('skipped: the native tests need root (mount namespaces, cgroups, device nodes)');
    return 0;
  }
  const words = process.argv.slice(2).filter((word) => word !== '--built');
  const chosen = allNativeTests.filter(({ title }) => words.length === 0 || words.some((word) => title.includes(word)));
  if (chosen.length === 0) throw new RosError('nothing-ran', `no native test has ${words.join(' or ')} in its title`);
  const workspace = openWorkspace();
  if (!process.argv.includes('--built')) build(workspace);
  const machine = await NativeMachine.open(workspace);
  let failed = 0;
  try {
    await machine.startDaemon();
    for (const test of chosen) {
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
        await machine.removeContainers();
      }
    }
  } finally {
    await machine.close();
  }
  print(`native tests: ${chosen.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

runMain(main);
