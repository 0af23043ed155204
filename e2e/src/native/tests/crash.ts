// kill -9 of the daemon while its containers run, write and end.

import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { deepEqual, equal, match, ok } from '@drover/testing';
import { eventually } from '../../eventually.ts';
import type { NativeMachine } from '../native-machine.ts';
import { SOCKET } from '../native-machine.ts';
import { EngineClient } from '../engine-client.ts';
import type { NativeTest } from './native-test.ts';

async function killAndRestart(machine: NativeMachine, meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  await machine.endDaemon('SIGKILL');
  await meanwhile();
  await machine.startDaemon();
}

const inspect = (machine: NativeMachine, name: string, format: string): Promise<string> => machine.ok('inspect', '-f', format, name);

/** Numbers, a line each, as fast as they can be written, or in bursts with a pause after each; once /stop is there, how many there were. */
function counter(burst?: number): string[] {
  const rest = burst === undefined ? '' : `; [ $((i % ${burst})) != 0 ] || sleep 0.02`;
  return ['sh', '-c', `i=0; until [ -e /stop ]; do i=$((i+1)); echo "line $i of a container that writes on and on"${rest}; done; echo "$i lines"`];
}

/** Ends it, and looks at what its log has then. */
async function expectEveryNumberOnce(machine: NativeMachine, writer: string, atLeast: number): Promise<void> {
  equal(await inspect(machine, writer, '{{.State.Status}}'), 'running');
  await machine.ok('exec', writer, 'touch', '/stop');
  equal(await machine.ok('wait', writer), '0');
  const lines = (await machine.docker('logs', writer)).stdout.trim().split('\n');
  const count = Number(/^(\d+) lines$/.exec(lines.pop() ?? '')?.[1]);
  ok(count >= atLeast, `${count} lines were written`);
  equal(lines.length, count);
  const wrong = lines.findIndex((line, i) => line !== `line ${i + 1} of a container that writes on and on`);
  ok(wrong < 0, `line ${wrong + 1} is "${lines[wrong]}"`);
}

export const crashTests: readonly NativeTest[] = [
  {
    title: 'after a kill of the daemon, containers run on as the processes they were, and can be used',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', machine.base, 'sleep', '1000');
      await machine.ok('run', '-d', '-t', '-i', '--name', 'tty', machine.base, 'cat');
      const before = [await inspect(machine, 'cc', '{{.State.Pid}} {{.State.StartedAt}}'), await inspect(machine, 'tty', '{{.State.Pid}}')];
      await killAndRestart(machine);
      deepEqual([await inspect(machine, 'cc', '{{.State.Pid}} {{.State.StartedAt}}'), await inspect(machine, 'tty', '{{.State.Pid}}')], before);
      equal(await machine.ok('exec', 'cc', 'echo', 'alive'), 'alive');
      await machine.ok('stop', '-t', '0', 'cc');
      equal(await inspect(machine, 'cc', '{{.State.Status}} {{.State.ExitCode}}'), 'exited 137');
      await machine.ok('start', 'cc');
    },
  },
  {
    title: 'no line of a log is lost or doubled while the daemon is killed five times under a container that writes at full speed',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'writer', machine.base, ...counter());
      for (let i = 0; i < 5; i += 1) await killAndRestart(machine);
      await expectEveryNumberOnce(machine, 'writer', 1000);
    },
  },
  {
    title: 'nor while its log is rotated and the daemon is killed between',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'writer', '--log-opt', 'max-size=300k', '--log-opt', 'max-file=100', machine.base, ...counter(400));
      const log = `${machine.state}/containers/${await inspect(machine, 'writer', '{{.Id}}')}/container.log`;
      for (let i = 1; i <= 4; i += 1) {
        await eventually('its log was rotated again', 20_000, () => existsSync(`${log}.${i}`), 2);
        await killAndRestart(machine);
      }
      await expectEveryNumberOnce(machine, 'writer', 4 * 3000);
    },
  },
  {
    title: 'logs -f of a container that outlived a daemon goes on with the next one',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', machine.base, 'sh', '-c', 'i=0; while [ $i -lt 15 ]; do i=$((i+1)); echo $i; sleep 0.1; done');
      await killAndRestart(machine);
      const { stdout } = await machine.docker('logs', '-f', 'cc');
      equal(stdout, `${Array.from({ length: 15 }, (_, i) => i + 1).join('\n')}\n`);
    },
  },
  {
    title: 'what ended while there was no daemon has its exit code, its policy acts, --rm removes it',
    async run(machine) {
      const script = (code: number): string[] => ['sh', '-c', `while [ ! -e /go/now ]; do sleep 0.02; done; exit ${code}`];
      const folder = ['-v', '/tmp/go:/go'];
      await machine.run(['sh', '-c', 'rm -rf /tmp/go; mkdir /tmp/go']);
      await machine.ok('run', '-d', '--name', 'ends', ...folder, machine.base, ...script(23));
      await machine.ok('run', '-d', '--name', 'goes', '--rm', ...folder, machine.base, ...script(0));
      await machine.ok('run', '-d', '--name', 'returns', '--restart=always', ...folder, machine.base, 'sh', '-c', 'while [ ! -e /go/now ]; do sleep 0.02; done; rm /go/returned 2>/dev/null; touch /go/returned; sleep 0.2; exit 3');
      await machine.ok('run', '-d', '--name', 'killed', machine.base, 'sleep', '1000');
      const pid = await inspect(machine, 'killed', '{{.State.Pid}}');
      await killAndRestart(machine, () => machine.run(['sh', '-c', `touch /tmp/go/now; kill -9 ${pid}; sleep 0.6`]));
      equal(await inspect(machine, 'ends', '{{.State.Status}} {{.State.ExitCode}}'), 'exited 23');
      equal(await inspect(machine, 'killed', '{{.State.Status}} {{.State.ExitCode}}'), 'exited 137');
      equal(await machine.ok('wait', 'ends', 'killed'), '23\n137');
      await eventually('the container of --rm is gone', 3000, async () => (await machine.docker('inspect', 'goes')).code === 1, 20);
      await eventually('its policy has restarted the container', 5000, async () => Number(await inspect(machine, 'returns', '{{.RestartCount}}')) >= 1, 20);
      match(await inspect(machine, 'ends', '{{.State.FinishedAt}}'), /^20\d\d-/);
    },
  },
  {
    title: 'a restart that was due when the daemon was killed happens, and a stop by hand stays one',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'loops', '--restart=always', machine.base, 'sh', '-c', 'sleep 0.05; exit 1');
      await machine.ok('run', '-d', '--name', 'held', '--restart=unless-stopped', machine.base, 'sleep', '1000');
      await machine.ok('stop', '-t', '0', 'held');
      await eventually('it waits for its restart', 8000, async () => (await inspect(machine, 'loops', '{{.State.Status}} {{.RestartCount}}')).startsWith('restarting'), 5);
      const count = Number(await inspect(machine, 'loops', '{{.RestartCount}}'));
      await killAndRestart(machine);
      await eventually('it is restarted on and on', 8000, async () => Number(await inspect(machine, 'loops', '{{.RestartCount}}')) > count, 20);
      equal(await inspect(machine, 'held', '{{.State.Status}}'), 'exited');
    },
  },
  {
    title: 'a client that waits hears of the loss, and the next wait answers',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', machine.base, 'sh', '-c', 'sleep 1; exit 17');
      const connection = connect(machine.path(SOCKET), () => connection.write('POST /v1.45/containers/cc/wait HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'));
      const closed = new Promise((resolve) => void connection.once('close', resolve));
      await new Promise((resolve) => void connection.once('data', resolve)); // the head: the engine waits
      await killAndRestart(machine);
      await closed;
      equal(await machine.ok('wait', 'cc'), '17');
    },
  },
  {
    title: 'killed anywhere in creating, starting and removing, the daemon comes up with a consistent store and nothing left over',
    async run(machine) {
      const before = machine.cgroups();
      for (let round = 0; round < 12; round += 1) {
        const client = new EngineClient(machine.path(SOCKET));
        const body = { Image: machine.base, Cmd: ['sleep', '1000'], HostConfig: round % 2 === 0 ? { NetworkMode: 'host' } : { PortBindings: { '80/tcp': [{ HostPort: '' }] } } };
        const work = Array.from({ length: 3 }, async () => {
          const { Id: id } = await client.call<{ Id: string }>('POST', '/containers/create', body);
          await client.call('POST', `/containers/${id}/start`);
          await client.call('DELETE', `/containers/${id}?force=1`);
        });
        const settled = Promise.allSettled(work);
        await new Promise((resolve) => void setTimeout(resolve, 4 * round));
        await killAndRestart(machine);
        await settled;
        client.close();
        const states = (await machine.ok('ps', '-a', '--format', '{{.State}}')).split('\n').filter((state) => state !== '');
        ok(states.every((state) => ['created', 'running', 'exited'].includes(state)), `round ${round}: ${states.join(' ')}`);
        const running = (await machine.ok('ps', '-q', '--filter', 'status=running')).split('\n').filter((id) => id !== '');
        for (const id of running) equal(await machine.ok('exec', id, 'echo', 'alive'), 'alive');
        await machine.removeContainers();
      }
      await eventually('nothing is left', 3000, async () => {
        const left = await machine.run(['sh', '-c', 'ls /var/lib/system-docker/containers /run/system-docker/containers /run/system-docker/s /run/system-docker/exits /run/system-docker/crun | grep -v :; ls /var/lib/system-docker/overlay2 | grep -E "^[0-9a-f]{64}"; grep merged /proc/mounts; ls /run/system-docker/bridges.json 2>/dev/null; ls /sys/class/net | grep -vx lo; /var/lib/rancher/engine/iptables-save | grep DOCKER-SYS; ps | grep -E "conmon|sleep 1000" | grep -v grep']);
        if (left.stdout.trim() !== '') throw new Error(left.stdout);
        deepEqual(machine.cgroups().filter((name) => !before.includes(name)), []);
        return true;
      }, 50);
    },
  },
];
