// What System Docker costs on this machine: starting a container against crun alone, memory, its own start.
//   node tools/run.mjs e2e/src/native/bench.ts [--built]

import { openWorkspace } from '@drover/builder';
import { runMain } from '../run-main.ts';
import { buildForNative } from './build-for-native.ts';
import { measureDaemonStart, measureMemory, measureStart } from './measure-start.ts';
import { NativeMachine } from './native-machine.ts';

const SERVICES = 6;

runMain(async () => {
  const workspace = openWorkspace();
  if (!process.argv.includes('--built')) buildForNative(workspace);
  const machine = await NativeMachine.open(workspace);
  const print = (what: string, value: string): void => void process.stdout.write(`${what.padEnd(44)} ${value}\n`);
  try {
    print('daemon: start to first answer, no container', `${(await measureDaemonStart(machine, 7)).toFixed(1)} ms`);
    const figures = await measureStart(machine);
    const against = (ms: number): string => `${ms.toFixed(1)} ms (${(ms / figures.crunRunMs).toFixed(2)}x crun run)`;
    print('crun run', `${figures.crunRunMs.toFixed(1)} ms`);
    print('create', against(figures.createMs));
    print('start to running', against(figures.startMs));
    print('create + start', against(figures.createMs + figures.startMs));
    print('create, start, end, removed', against(figures.runToEndMs));
    print('docker run --rm', against(figures.dockerRunMs));
    print('docker ps', `${figures.dockerPsMs.toFixed(1)} ms`);
    print('processor time of create + start', `daemon ${figures.daemonCpuMs.toFixed(1)} ms, its children ${figures.childrenCpuMs.toFixed(1)} ms`);
    for (let i = 0; i < SERVICES; i += 1) await machine.ok('run', '-d', '--net=host', '--restart=always', machine.base, 'sleep', '100000');
    const memory = measureMemory(machine);
    print(`memory with ${SERVICES} containers`, `resident ${memory.residentKb} kB, private ${memory.privateKb} kB`);
    print(`daemon: start to first answer, ${SERVICES} containers`, `${(await measureDaemonStart(machine, 7)).toFixed(1)} ms`);
    const after = measureMemory(machine);
    print('memory after a restart', `resident ${after.residentKb} kB, private ${after.privateKb} kB`);
  } finally {
    await machine.close();
  }
  return 0;
});
