// A native machine to look around in, for as long as its input stays open: prints how to enter it.
//   node tools/run.mjs e2e/src/native/shell.ts

import { openWorkspace } from '@drover/builder';
import { runMain } from '../run-main.ts';
import { NativeMachine } from './native-machine.ts';

runMain(async () => {
  const machine = await NativeMachine.open(openWorkspace());
  try {
    await machine.startDaemon();
    process.stdout.write(`nsenter -t ${machine.pid} --mount --pid --root --wdns=/\n`);
    await new Promise((resolve) => process.stdin.resume().once('end', resolve));
  } finally {
    process.stdout.write(machine.daemonLog);
    await machine.close();
  }
  return 0;
});
