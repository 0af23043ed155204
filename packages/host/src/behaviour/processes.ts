import { CancelSource, decodeUtf8, encodeUtf8 } from '@drover/core';
import { readAllText } from '../streams.ts';
import { deepEqual, equal, ok, rejects } from '@drover/testing';
import type { Behaviour } from './behaviour.ts';
import { until } from './behaviour.ts';

export const processBehaviours: readonly Behaviour[] = [
  {
    title: 'run gives output, error output and exit code, whatever the code',
    async check({ processes }) {
      const result = await processes.run(['sh', '-c', 'cat; echo problem >&2; exit 3'], { input: 'some input' });
      deepEqual([result.code, result.stdout, result.stderr, result.timedOut], [3, 'some input', 'problem\n', false]);
    },
  },
  {
    title: 'a program that cannot be started is an error that says why',
    async check({ processes }) {
      const error = await rejects(() => processes.run(['/no/such/program']), 'start-failed');
      deepEqual((error as { facts?: unknown }).facts, { code: 'ENOENT' });
    },
  },
  {
    title: 'run kills what takes too long',
    async check({ processes }) {
      const result = await processes.run(['sleep', '60'], { timeoutMs: 50 });
      deepEqual([result.code, result.signal, result.timedOut], [137, 9, true]);
    },
  },
  {
    title: 'run ends with the reason of its cancel signal',
    async check({ processes, clock }) {
      const cancel = new CancelSource();
      void clock.sleep(50).then(() => cancel.cancel());
      await rejects(() => processes.run(['sleep', '60'], { cancel }), 'cancelled');
    },
  },
  {
    title: 'output beyond the limit is dropped, and the program is not held up by it',
    async check({ processes }) {
      const result = await processes.run(['sh', '-c', 'head -c 300000 /dev/zero | tr "\\0" x; echo done >&2'], { outputLimitBytes: 10 });
      deepEqual([result.code, result.stdout, result.stderr], [0, 'xxxxxxxxxx', 'done\n']);
    },
  },
  {
    title: 'a program that does not read its input is no failure',
    async check({ processes }) {
      equal((await processes.run(['true'], { input: 'x'.repeat(1 << 20) })).code, 0);
    },
  },
  {
    title: 'environment and working directory are those that were given',
    async check({ processes }, folder) {
      const result = await processes.run(['/bin/sh', '-c', 'echo $NAME; pwd'], { env: ['NAME=value', 'PATH=/usr/bin:/bin'], cwd: folder });
      equal(result.stdout, `value\n${folder}\n`);
    },
  },
  {
    title: 'a started program talks through its pipes and ends with its signal',
    async check({ processes }) {
      const child = processes.start(['cat'], { stdin: 'pipe', stdout: 'pipe' });
      await child.stdin!.write(encodeUtf8('hello'));
      equal(decodeUtf8((await child.stdout!.read())!), 'hello');
      ok(processes.exists(child.pid));
      child.kill('TERM');
      deepEqual([await child.wait(), await child.wait()], [{ code: 143, signal: 15 }, { code: 143, signal: 15 }]);
      equal(await readAllText(child.stdout!), '');
    },
  },
  {
    title: 'signals to a process that is gone are no error',
    async check(host) {
      const child = host.processes.start(['true']);
      await child.wait();
      child.kill('TERM');
      host.processes.kill(child.pid, 'TERM');
      await until(host, () => !host.processes.exists(child.pid));
      equal(host.processes.exists(child.pid), false);
    },
  },
];
