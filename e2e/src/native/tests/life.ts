// start, stop, kill, rm, wait, restart policies.

import { equal, match, ok } from '@drover/testing';
import { eventually } from '../../eventually.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

const LONG = ['sleep', '1000'];
/** Ends on SIGTERM with 9. */
const POLITE = ['sh', '-c', "trap 'exit 9' TERM; while :; do sleep 0.02; done"];
const DEAF = ['sh', '-c', "trap '' TERM; echo deaf; while :; do sleep 0.02; done"];

export const lifeTests: readonly NativeTest[] = [
  {
    title: 'create, start, stop, start again, with what inspect says at each step',
    async run(machine) {
      const state = (): Promise<string> => machine.ok('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'cc');
      await machine.ok('create', '--name', 'cc', machine.base, ...POLITE);
      equal(await state(), 'created 0');
      equal(await machine.ok('start', 'cc'), 'cc');
      equal(await state(), 'running 0');
      expectEnd('starting it again', await machine.docker('start', 'cc'), { code: 0, stdout: 'cc' });
      equal(await machine.ok('stop', 'cc'), 'cc');
      equal(await state(), 'exited 9');
      expectEnd('stopping it again', await machine.docker('stop', 'cc'), { code: 0, stdout: 'cc' });
      await machine.ok('restart', 'cc');
      equal(await state(), 'running 0');
    },
  },
  {
    title: 'stop kills what does not end in time, with 137',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', machine.base, ...DEAF);
      await eventually('it has set its trap', 5000, async () => (await machine.ok('logs', 'cc')) === 'deaf', 20);
      const started = Date.now();
      await machine.ok('stop', '-t', '1', 'cc');
      ok(Date.now() - started >= 1000 && Date.now() - started < 4000, `it took ${Date.now() - started} ms`);
      equal(await machine.ok('inspect', '-f', '{{.State.ExitCode}}', 'cc'), '137');
    },
  },
  {
    title: 'kill sends the signal that it is told',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', machine.base, 'sh', '-c', "trap 'echo got it' USR1; trap 'exit 4' INT; echo ready; while :; do sleep 0.02; done");
      await eventually('its traps are set', 5000, async () => (await machine.ok('logs', 'cc')) === 'ready', 20);
      await machine.ok('kill', '-s', 'USR1', 'cc');
      await eventually('it got the signal', 5000, async () => (await machine.ok('logs', 'cc')).includes('got it'), 20);
      await machine.ok('kill', '--signal', 'SIGINT', 'cc');
      equal(await machine.ok('wait', 'cc'), '4');
      expectEnd('of what has ended', await machine.docker('kill', 'cc'), { code: 1, stderr: /^Error response from daemon: cannot kill container: cc: container [0-9a-f]{64} is not running\n$/i });
      expectEnd('an unknown signal', await machine.docker('kill', '-s', 'NONSENSE', 'cc'), { code: 1, stderr: /^Error response from daemon: cannot kill container: \w+: invalid signal: NONSENSE\n$/ });
    },
  },
  {
    title: 'rm refuses what runs, -f ends it',
    async run(machine) {
      const id = await machine.ok('run', '-d', '--name', 'cc', machine.base, ...LONG);
      expectEnd('rm', await machine.docker('rm', 'cc'), { code: 1, stderr: 'Error response from daemon: cannot remove container "/cc": container is running: stop the container before removing or force remove' });
      equal(await machine.ok('rm', '-f', id.slice(0, 8)), id.slice(0, 8));
      equal(await machine.ok('ps', '-aq'), '');
      expectEnd('rm of nothing', await machine.docker('rm', 'cc'), { code: 1, stderr: 'Error response from daemon: No such container: cc' });
      expectEnd('rm -f of nothing', await machine.docker('rm', '-f', 'cc'), { code: 0, stderr: 'Error response from daemon: No such container: cc' });
      const left = await machine.run(['sh', '-c', 'ls /run/system-docker/containers /run/system-docker/s /run/system-docker/exits /run/system-docker/crun | grep -v : | wc -w; grep -c merged /proc/mounts']);
      equal(left.stdout, '0\n0\n');
      equal(machine.cgroups().includes(id), false);
    },
  },
  {
    title: 'what a container leaves running in the machine\'s process namespace ends with it',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', '--pid=host', machine.base, 'sh', '-c', 'sleep 7777 & exit 2');
      await eventually('it has ended', 5000, async () => (await machine.ok('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'cc')) === 'exited 2', 20);
      await eventually('so has its child', 5000, async () => !(await machine.run(['ps'])).stdout.includes('sleep 7777'), 20);
      equal(machine.cgroups().includes(await machine.ok('inspect', '-f', '{{.Id}}', 'cc')), false);
    },
  },
  {
    title: 'wait answers with the exit code, also of what has ended already',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'aa', machine.base, 'sh', '-c', 'sleep 0.3; exit 11');
      await machine.ok('run', '-d', '--name', 'bb', machine.base, 'sh', '-c', 'exit 12');
      equal(await machine.ok('wait', 'aa', 'bb'), '11\n12');
      equal(await machine.ok('wait', 'aa'), '11');
      expectEnd('wait for nothing', await machine.docker('wait', 'nosuch'), { code: 1, stderr: 'Error response from daemon: No such container: nosuch' });
    },
  },
  {
    title: 'restart policies act, count, and leave alone what was stopped by hand',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'ff', '--restart=on-failure:2', machine.base, 'sh', '-c', 'exit 5');
      await eventually('it was tried twice again', 5000, async () => (await machine.ok('inspect', '-f', '{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}', 'ff')) === '2 exited 5', 50);
      await machine.ok('run', '-d', '--name', 'aa', '--restart=always', machine.base, ...LONG);
      const pid = await machine.ok('inspect', '-f', '{{.State.Pid}}', 'aa');
      await machine.run(['kill', '-9', pid]);
      await eventually('it runs again', 5000, async () => {
        const [now, status] = (await machine.ok('inspect', '-f', '{{.State.Pid}} {{.State.Status}}', 'aa')).split(' ');
        return now !== pid && status === 'running';
      }, 50);
      await machine.ok('stop', '-t', '0', 'aa');
      match(await machine.ok('inspect', '-f', '{{.State.Status}}', 'aa'), /exited/);
    },
  },
  {
    title: 'a container that is not there is "No such container" to every command',
    async run(machine) {
      for (const command of [['stop'], ['kill'], ['logs'], ['restart'], ['pause'], ['top']]) {
        expectEnd(command.join(' '), await machine.docker(...command, 'nosuch'), { code: 1, stderr: /^Error response from daemon: (?:[Cc]annot kill container: nosuch: )?No such container: nosuch\n$/ });
      }
      expectEnd('start', await machine.docker('start', 'nosuch'), { code: 1, stderr: 'Error response from daemon: No such container: nosuch\nError: failed to start containers: nosuch' });
      expectEnd('exec', await machine.docker('exec', 'nosuch', 'true'), { code: 1, stderr: 'Error response from daemon: No such container: nosuch' });
      expectEnd('inspect', await machine.docker('inspect', 'nosuch'), { code: 1, stdout: '[]', stderr: 'Error: No such object: nosuch' });
      expectEnd('an unknown command', await machine.docker('nonsense'), { code: 1, stderr: "docker: 'nonsense' is not a docker command.\nSee 'docker --help'" });
    },
  },
];
