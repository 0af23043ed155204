// System Docker is killed: PID 1 brings it back, and no container notices.

import { scenario } from '../../harness/scenario.ts';
import type { Scenario } from '../../harness/scenario.ts';
import { expectEqual, expectTrue } from '../../harness/expect.ts';
import { eventually, pause } from '../../eventually.ts';
import type { Machine } from '../../machine/index.ts';
import { standard } from '../setups.ts';

const TICKER = 'e2e-ticker';
const RESTART_LIMIT_MS = 1000;
const PS = "sudo system-docker ps --no-trunc --format '{{.ID}} {{.Names}}'";

/**
 * Kills the daemon and measures inside the machine, by its own clock (in 10 ms), how long there is none. In one shell
 * with nothing but builtins: starting a program takes an emulated machine longer than what is measured.
 */
const KILL_AND_MEASURE = `sudo sh -c 'read old </run/system-docker.pid; read start rest </proc/uptime; kill -9 $old; new=$old; until [ -n "$new" ] && [ "$new" != $old ] && [ -d /proc/$new ]; do new=; read new </run/system-docker.pid; done 2>/dev/null; read end rest </proc/uptime; echo $start $end'`;

async function measureGapMs(machine: Machine): Promise<number> {
  const [start, end] = (await machine.ssh.ok(KILL_AND_MEASURE)).trim().split(' ').map(Number);
  return Math.round((end! - start!) * 1000);
}

async function containers(machine: Machine): Promise<string> {
  const ids = (await machine.ssh.ok(PS)).trim().split('\n').sort();
  const started = await machine.ssh.ok(`sudo system-docker inspect -f '{{.Name}} {{.State.Pid}} {{.State.StartedAt}}' ${ids.map((line) => line.split(' ')[0]!).join(' ')}`);
  return `${ids.join('\n')}\n${started}`;
}

export const killedEngine: Scenario = scenario('System Docker killed with -9 is back within a second, no container stops, no log line is lost', { on: standard, leaves: 'dirty', minutes: 2 }, async ({ machine }) => {
  const image = (await machine.ssh.ok("sudo system-docker inspect -f '{{.Image}}' console")).trim();
  await machine.ssh.ok(`sudo system-docker run -d --name ${TICKER} ${image} sh -c 'i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done'`);
  const before = await containers(machine);
  const lines = async (): Promise<number[]> => (await machine.ssh.ok(`sudo system-docker logs ${TICKER}`)).trim().split('\n').map(Number);
  await eventually('the ticker has said something', 60_000, async () => (await lines()).length > 5);
  const gapMs = await measureGapMs(machine);
  const after = await eventually('System Docker answers again', 60_000, () => containers(machine));
  expectEqual(after, before, 'the list of containers with their process ids and start times');
  const count = (await lines()).length;
  const said = await eventually('the ticker goes on', 60_000, async () => {
    const all = await lines();
    return all.length > count + 20 && all;
  });
  expectTrue(said.every((line, i) => line === i), `log lines are lost: ${said.join(' ')}`);
  expectTrue(gapMs <= RESTART_LIMIT_MS, `System Docker was away for ${gapMs} ms`);
});

/** Services with a process of their own to kill; the others are the way into the machine. */
const KILLED = ['udev', 'syslog', 'ntp'];

export const killedServices: Scenario = scenario('a system service whose process is killed with -9 is started again and runs on', { on: standard, leaves: 'dirty', minutes: 1 }, async ({ machine }) => {
  const states = async (format: string): Promise<string> => (await machine.ssh.ok(`sudo system-docker inspect -f '${format}' ${KILLED.join(' ')}`)).trim();
  const before = await states('{{.State.Pid}}');
  await machine.ssh.ok(`sudo kill -9 ${before.split('\n').join(' ')}`);
  await eventually('they run again', 60_000, async () => (await states('{{.State.Running}} {{.RestartCount}}')).split('\n').every((state) => state === 'true 1'));
  const after = await states('{{.State.Pid}}');
  await pause(5000); // what ends at once would have been started anew by now
  expectEqual(await states('{{.State.Pid}}'), after, 'their process ids five seconds later');
});
