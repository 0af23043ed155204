// logs and exec.

import { deepEqual, equal, match, ok } from '@drover/testing';
import { eventually } from '../../eventually.ts';
import { SOCKET } from '../native-machine.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

const docker = ['docker', '-H', `unix://${SOCKET}`];

export const outputTests: readonly NativeTest[] = [
  {
    title: 'logs has both streams apart, --tail the last lines, -t their times',
    async run(machine) {
      await machine.ok('run', '--name', 'cc', machine.base, 'sh', '-c', 'for i in 1 2 3 4 5; do echo line $i; done; echo bad >&2; printf unfinished');
      expectEnd('logs', await machine.docker('logs', 'cc'), { code: 0, stdout: 'line 1\nline 2\nline 3\nline 4\nline 5\nunfinished', stderr: 'bad' });
      const tail = await machine.docker('logs', '--tail', '3', 'cc');
      equal(`${tail.stdout.trim()}\n${tail.stderr}`.trim().split('\n').length, 3);
      equal(await machine.ok('logs', '--tail', '0', 'cc'), '');
      match(await machine.ok('logs', '-t', '--tail', '7', 'cc'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z line 1\n/);
      equal(await machine.ok('logs', '--since', '2030-01-01T00:00:00Z', 'cc'), '');
    },
  },
  {
    title: 'logs -f passes on what comes, and ends with the container',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', machine.base, 'sh', '-c', 'for i in 1 2 3; do echo $i; sleep 0.2; done');
      const started = Date.now();
      expectEnd('logs -f', await machine.docker('logs', '-f', 'cc'), { code: 0, stdout: '1\n2\n3' });
      ok(Date.now() - started < 3000, 'it ends with the container');
    },
  },
  {
    title: 'a long line and bytes that are no text come through unchanged',
    async run(machine) {
      const { stdout } = await machine.run([...docker, 'run', '--name', 'cc', machine.base, 'sh', '-c', 'head -c 100000 /dev/zero | tr "\\0" x; echo; printf "\\001\\377\\n"']);
      equal(stdout.length, 100001 + 3);
      const logged = await machine.run([...docker, 'logs', 'cc']);
      equal(logged.stdout === stdout, true);
    },
  },
  {
    title: 'exec passes on output, errors, input and the exit code',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', '-e', 'FROM=container', machine.base, 'sh', '-c', 'echo own >/own; sleep 1000');
      await eventually('exec sees the files of the container', 5000, async () => (await machine.docker('exec', 'cc', 'cat', '/own')).stdout === 'own\n', 20);
      expectEnd('exec', await machine.docker('exec', 'cc', 'sh', '-c', 'echo $FROM; echo err >&2; exit 42'), { code: 42, stdout: 'container', stderr: 'err' });
      expectEnd('exec -i', await machine.run([...docker, 'exec', '-i', 'cc', 'cat'], { input: 'to and fro\n' }), { code: 0, stdout: 'to and fro' });
      expectEnd('exec -t', await machine.docker('exec', '-t', 'cc', 'sh', '-c', 'test -t 1 && echo terminal'), { code: 0, stdout: 'terminal\r' });
      expectEnd('exec -e -w -u', await machine.docker('exec', '-e', 'X=1', '-w', '/tmp', '-u', '5:6', 'cc', 'sh', '-c', 'echo $X $PWD; id -u; id -g'), { code: 0, stdout: '1 /tmp\n5\n6' });
      const typed = await machine.run([...docker, 'exec', '-it', 'cc', 'sh', '-c', 'read x; echo "<$x>"; exit 3'], { terminal: true, input: 'typed\n' });
      match(typed.stdout, /<typed>/);
      equal(typed.code, 3);
      expectEnd('exec -d', await machine.docker('exec', '-d', 'cc', 'sh', '-c', 'echo done >/tmp/mark'), { code: 0, stdout: '' });
      await eventually('the detached command has run', 5000, async () => (await machine.docker('exec', 'cc', 'cat', '/tmp/mark')).stdout === 'done\n', 20);
    },
  },
  {
    title: 'exec -t loses nothing of what a command prints that is over at once',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', machine.base, 'sleep', '1000');
      const all = await Promise.all(Array.from({ length: 24 }, () => machine.docker('exec', '-t', 'cc', 'sh', '-c', 'printf "%300s|\\n" x; exit 6')));
      for (const ended of all) expectEnd('exec -t', ended, { code: 6, stdout: `${' '.repeat(299)}x|\r` });
    },
  },
  {
    title: 'exec of what can not be run is 127 or 126; in a container that does not run, 1',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'cc', machine.base, 'sleep', '1000');
      expectEnd('not there', await machine.docker('exec', 'cc', 'nosuch'), { code: 127, stdout: /OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH: unknown/ });
      expectEnd('a folder', await machine.docker('exec', 'cc', '/etc'), { code: 126, stdout: /is a directory|permission denied/ });
      expectEnd('an unknown flag', await machine.docker('exec', '--nonsense', 'cc', 'true'), { code: 125, stderr: "unknown flag: --nonsense\nSee 'docker exec --help'." });
      await machine.ok('stop', '-t', '0', 'cc');
      expectEnd('stopped', await machine.docker('exec', 'cc', 'true'), { code: 1, stderr: /^Error response from daemon: container [0-9a-f]{64} is not running\n$/ });
    },
  },
  {
    title: 'twenty containers started at once all run, and each has its own output',
    async run(machine) {
      const numbers = Array.from({ length: 20 }, (_, i) => String(i));
      const outputs = await Promise.all(numbers.map((i) => machine.ok('run', '--rm', machine.base, 'echo', i)));
      deepEqual(outputs, numbers);
    },
  },
];
