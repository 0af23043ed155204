// How long System Docker takes to start a container, against crun alone on the same bundle and the same root, in turns.

import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { RosError } from '@drover/core';
import { EngineClient } from './engine-client.ts';
import type { NativeMachine } from './native-machine.ts';
import { SOCKET } from './native-machine.ts';

export interface StartFigures {
  /** Medians, in milliseconds. `crun run` of `true`, to its end. */
  readonly crunRunMs: number;
  readonly createMs: number;
  /** From the request until the engine answers: the program runs. */
  readonly startMs: number;
  /** Create, start, wait for the end and for the removal, as `run --rm` does. */
  readonly runToEndMs: number;
  /** The same by the docker command. */
  readonly dockerRunMs: number;
  readonly dockerPsMs: number;
  /** The daemon's own processor time of create and start, and that of its children. */
  readonly daemonCpuMs: number;
  readonly childrenCpuMs: number;
}

export interface MemoryFigures {
  readonly residentKb: number;
  readonly privateKb: number;
}

const BUNDLE = '/tmp/measure-bundle';
const ROUNDS = 21;
const TICK_MS = 10;

export async function measureStart(machine: NativeMachine, rounds: number = ROUNDS): Promise<StartFigures> {
  const engine = new EngineClient(machine.path(SOCKET));
  const crun = await CrunAlone.prepare(machine, engine);
  const times = { crun: [] as number[], create: [] as number[], start: [] as number[], run: [] as number[], docker: [] as number[], ps: [] as number[] };
  const cpu = { own: 0, children: 0 };
  const body = { Image: machine.base, Cmd: ['true'], HostConfig: { NetworkMode: 'host' } };
  try {
    for (let i = 0; i < rounds; i += 1) {
      times.crun.push(...(await crun.times(1)));
      const before = processorTime(machine.daemonPid());
      const created = await timed(() => engine.call<{ Id: string }>('POST', '/containers/create', { ...body, Cmd: ['sleep', '100'] }));
      const started = await timed(() => engine.call('POST', `/containers/${created.value.Id}/start`));
      const after = processorTime(machine.daemonPid());
      times.create.push(created.ms);
      times.start.push(started.ms);
      cpu.own += after.own - before.own;
      cpu.children += after.children - before.children;
      await engine.call('DELETE', `/containers/${created.value.Id}?force=1`);
      times.run.push((await timed(() => runToEnd(engine, body))).ms);
      times.docker.push(...(await bashTimes(machine, `docker -H unix://${SOCKET} run --rm --net=host ${machine.base} true`)));
      times.ps.push(...(await bashTimes(machine, `docker -H unix://${SOCKET} ps -q`)));
    }
  } finally {
    await crun.end(engine);
    engine.close();
  }
  return {
    crunRunMs: median(times.crun), createMs: median(times.create), startMs: median(times.start), runToEndMs: median(times.run), dockerRunMs: median(times.docker), dockerPsMs: median(times.ps),
    daemonCpuMs: cpu.own / rounds, childrenCpuMs: cpu.children / rounds,
  };
}

async function runToEnd(engine: EngineClient, body: { readonly HostConfig: object }): Promise<void> {
  const { Id: id } = await engine.call<{ Id: string }>('POST', '/containers/create', { ...body, HostConfig: { ...body.HostConfig, AutoRemove: true } });
  const removed = engine.call('POST', `/containers/${id}/wait?condition=removed`);
  await engine.call('POST', `/containers/${id}/start`);
  await removed;
}

/** The bundle of a container of the engine, with its root as long as that runs. */
class CrunAlone {
  private readonly machine: NativeMachine;
  private readonly keeper: string;
  private count = 0;

  private constructor(machine: NativeMachine, keeper: string) {
    this.machine = machine;
    this.keeper = keeper;
  }

  static async prepare(machine: NativeMachine, engine: EngineClient): Promise<CrunAlone> {
    const { Id: id } = await engine.call<{ Id: string }>('POST', '/containers/create', { Image: machine.base, Cmd: ['sleep', '1000000'], HostConfig: { NetworkMode: 'host' } });
    await engine.call('POST', `/containers/${id}/start`);
    const spec = JSON.parse(readFileSync(machine.path(`/run/system-docker/containers/${id}/config.json`), 'utf8')) as { process: { args: string[] }; linux: { cgroupsPath: string } };
    spec.process.args = ['true'];
    spec.linux.cgroupsPath = '/system-docker/measure';
    mkdirSync(machine.path(BUNDLE), { recursive: true });
    writeFileSync(`${machine.path(BUNDLE)}/config.json`, JSON.stringify(spec));
    return new CrunAlone(machine, id);
  }

  times(rounds: number): Promise<number[]> {
    this.count += 1;
    return bashTimes(this.machine, `crun --root /tmp/measure-crun --cgroup-manager=cgroupfs run --bundle ${BUNDLE} measure-${this.count}-$i`, rounds);
  }

  async end(engine: EngineClient): Promise<void> {
    await engine.call('DELETE', `/containers/${this.keeper}?force=1`);
  }
}

/** Runs a command so often, each time from a shell that is there already. */
async function bashTimes(machine: NativeMachine, command: string, rounds: number = 1): Promise<number[]> {
  const script = `for i in $(seq ${rounds}); do a=\${EPOCHREALTIME/./}; ${command} >/dev/null || exit 1; b=\${EPOCHREALTIME/./}; echo "took $((b - a))"; done`;
  const { code, stdout, stderr } = await machine.run(['bash', '-c', script]);
  if (code !== 0) throw new RosError('measure-failed', `${command} ended with ${code}: ${stderr.trim()}`);
  return [...stdout.matchAll(/^took (\d+)$/gm)].map((found) => Number(found[1]) / 1000);
}

async function timed<T>(action: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const start = process.hrtime.bigint();
  const value = await action();
  return { ms: Number(process.hrtime.bigint() - start) / 1e6, value };
}

function processorTime(pid: number): { readonly own: number; readonly children: number } {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = text.slice(text.lastIndexOf(')') + 2).split(' ').slice(11, 15).map(Number);
  return { own: (user + system) * TICK_MS, children: (childUser + childSystem) * TICK_MS };
}

/** Of the daemon. */
export function measureMemory(machine: NativeMachine): MemoryFigures {
  const text = readFileSync(`/proc/${machine.daemonPid()}/smaps_rollup`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  return { residentKb: field('Rss'), privateKb: field('Private_Clean') + field('Private_Dirty') };
}

/** From the start of the daemon until its socket answers, with as many containers as there are. */
export async function measureDaemonStart(machine: NativeMachine, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    await machine.endDaemon('SIGTERM');
    times.push((await timed(() => machine.startDaemon())).ms);
  }
  return median(times);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
