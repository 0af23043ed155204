// What System Docker costs on this machine: starting a container against crun alone, memory, its own start.
//   node tools/run.mjs e2e/src/native/bench.ts [--built] [--json]
// --json: the figures as one object, for other programs.

import { openWorkspace } from '@drover/builder';
import { runMain } from '../run-main.ts';
import { buildForNative } from './build-for-native.ts';
import type { MemoryFigures, StartFigures } from './measure-start.ts';
import { measureDaemonStart, measureMemory, measureStart } from './measure-start.ts';
import { NativeMachine } from './native-machine.ts';

const SERVICES = 6;
const DAEMON_STARTS = 7;

export interface NativeFigures {
  readonly start: StartFigures;
  /** From the start of the daemon to its first answer. */
  readonly emptyDaemonMs: number;
  readonly busyDaemonMs: number;
  readonly memory: MemoryFigures;
  readonly memoryAfterRestart: MemoryFigures;
}

async function measure(machine: NativeMachine): Promise<NativeFigures> {
  const emptyDaemonMs = await measureDaemonStart(machine, DAEMON_STARTS);
  const start = await measureStart(machine);
  for (let i = 0; i < SERVICES; i += 1) await machine.ok('run', '-d', '--net=host', '--restart=always', machine.base, 'sleep', '100000');
  const memory = measureMemory(machine);
  const busyDaemonMs = await measureDaemonStart(machine, DAEMON_STARTS);
  return { start, emptyDaemonMs, busyDaemonMs, memory, memoryAfterRestart: measureMemory(machine) };
}

function render({ start, emptyDaemonMs, busyDaemonMs, memory, memoryAfterRestart }: NativeFigures): string {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const against = (value: number): string => `${ms(value)} (${(value / start.crunRunMs).toFixed(2)}x crun run)`;
  const size = ({ residentKb, privateKb }: MemoryFigures): string => `resident ${residentKb} kB, private ${privateKb} kB`;
  const rows: readonly (readonly [string, string])[] = [
    ['crun run of true, same bundle', ms(start.crunRunMs)],
    ['create', against(start.createMs)],
    ['start to running', against(start.startMs)],
    ['create + start', against(start.createMs + start.startMs)],
    ['create, start, end, removed', against(start.runToEndMs)],
    ['docker run --rm', against(start.dockerRunMs)],
    ['docker ps', ms(start.dockerPsMs)],
    ['processor time of create + start', `daemon ${ms(start.daemonCpuMs)}, its children ${ms(start.childrenCpuMs)}`],
    ['daemon to its first answer', `${ms(emptyDaemonMs)}; with ${SERVICES} containers ${ms(busyDaemonMs)}`],
    [`memory with ${SERVICES} containers`, size(memory)],
    ['the same after its restart', size(memoryAfterRestart)],
  ];
  return rows.map(([what, value]) => `${what.padEnd(36)} ${value}\n`).join('');
}

runMain(async () => {
  const workspace = openWorkspace();
  if (!process.argv.includes('--built')) buildForNative(workspace);
  const machine = await NativeMachine.open(workspace);
  try {
    await machine.startDaemon();
    const figures = await measure(machine);
    process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(figures)}\n` : render(figures));
  } finally {
    await machine.close();
  }
  return 0;
});
