// Wrong words, a daemon that is not there, a full disk, damaged records.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { equal, match, ok } from '@drover/testing';
import { SOCKET } from '../native-machine.ts';
import { EngineClient } from '../engine-client.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

/** Resolves to all that comes back. */
function sendRaw(socket: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const connection = connect(socket, () => connection.write(text));
    connection.setEncoding('utf8').setTimeout(5000, () => connection.destroy(new Error('no end of the answer')));
    connection.on('data', (chunk: string) => (answer += chunk));
    connection.on('error', reject);
    connection.on('close', () => resolve(answer));
  });
}

export const faultTests: readonly NativeTest[] = [
  {
    title: 'system-docker is the docker command on System Docker\'s socket, whatever DOCKER_HOST says',
    async run(machine) {
      const env = ['DOCKER_HOST=unix:///nowhere.sock', 'DOCKER_CONTEXT=other'];
      expectEnd('run', await machine.run(['system-docker', 'run', '--name', 'cc', machine.base, 'sh', '-c', 'echo out; exit 3'], { env }), { code: 3, stdout: 'out' });
      expectEnd('ps', await machine.run(['system-docker', 'ps', '-a', '--format', '{{.Names}} {{.State}}'], { env }), { code: 0, stdout: 'cc exited' });
      expectEnd('logs', await machine.run(['system-docker', 'logs', 'cc'], { env }), { code: 0, stdout: 'out' });
      expectEnd('start -a', await machine.run(['system-docker', 'start', '-a', 'cc'], { env }), { code: 3, stdout: 'out' });
      expectEnd('rm', await machine.run(['system-docker', 'rm', 'cc'], { env }), { code: 0, stdout: 'cc' });
      expectEnd('an unknown command', await machine.run(['system-docker', 'nonsense'], { env }), { code: 1, stderr: /'nonsense' is not a docker command/ });
      expectEnd('an unknown flag', await machine.run(['system-docker', 'ps', '--nonsense'], { env }), { code: 125, stderr: /^unknown flag: --nonsense/ });
      const typed = await machine.run(['system-docker', 'run', '--rm', '-it', machine.base, 'sh', '-c', 'read x; echo "<$x>"; exit 4'], { env, terminal: true, input: 'hello\n' });
      match(typed.stdout, /<hello>/);
      equal(typed.code, 4);
    },
  },
  {
    title: 'the daemon refuses flags it does not know, and a second one on the same place, in a sentence',
    async run(machine) {
      expectEnd('a flag', await machine.run(['system-docker', 'daemon', '--nonsense']), { code: 2, stderr: /^system-docker: unknown flag: --nonsense\nusage: system-docker daemon/ });
      expectEnd('a word', await machine.run(['system-docker', 'daemon', 'extra']), { code: 2, stderr: /^system-docker: unexpected argument: extra\n/ });
      expectEnd('help', await machine.run(['system-docker', 'daemon', '--help']), { code: 0, stdout: /^usage: system-docker daemon/ });
      expectEnd('twice', await machine.run(machine.daemonCommand()), { code: 1, stderr: /^system-docker: process with PID \d+ is still running\n  hint: / });
      expectEnd('not root', await machine.run(['system-docker', 'daemon'], { uid: 1000 }), { code: 1, stderr: 'system-docker: System Docker needs root\n  hint: run it with sudo' });
      expectEnd('without crun', await machine.run(['env', 'PATH=/nowhere', '/usr/bin/system-docker', 'daemon', '--data-root', '/tmp/other', '--exec-root', '/tmp/other-run', '--pidfile', '/tmp/other.pid', '--host', 'unix:///tmp/other.sock']), { code: 1, stderr: 'system-docker: crun is not on the PATH (/nowhere)\n  hint: install crun' });
    },
  },
  {
    title: 'without a daemon, and for another user, docker says what it always says and ends with 1',
    async run(machine) {
      expectEnd('another user', await machine.run(['docker', '-H', `unix://${SOCKET}`, 'ps'], { uid: 1000 }), { code: 1, stderr: /^permission denied while trying to connect to the Docker daemon socket at unix:\/\/\/run\/system-docker\.sock: / });
      await machine.endDaemon('SIGTERM');
      expectEnd('no daemon', await machine.docker('ps'), { code: 1, stderr: 'Cannot connect to the Docker daemon at unix:///run/system-docker.sock. Is the docker daemon running?' });
      expectEnd('no daemon', await machine.run(['system-docker', 'ps']), { code: 1, stderr: 'Cannot connect to the Docker daemon at unix:///var/run/system-docker.sock. Is the docker daemon running?' });
      await machine.startDaemon();
    },
  },
  {
    title: 'requests that are no HTTP, no JSON, no such path or of the wrong type get a 4xx, and the daemon goes on',
    async run(machine) {
      const raw = (text: string): Promise<string> => sendRaw(machine.path(SOCKET), text);
      match(await raw('nonsense\r\n\r\n'), /^HTTP\/1\.[01] 400 /);
      match(await raw('GET /v1.45/nothing HTTP/1.0\r\n\r\n'), /^HTTP\/1\.[01] 404 .*page not found/s);
      match(await raw('GET /v9.1/info HTTP/1.0\r\n\r\n'), /^HTTP\/1\.[01] 400 .*client version 9\.1 is too new/s);
      const client = new EngineClient(machine.path(SOCKET));
      const answer = (path: string, body: unknown): Promise<string> => client.call('POST', path, body).then(() => 'accepted', (error: unknown) => String(error));
      const odd: readonly unknown[] = [
        [], 'text', 7, {}, { Image: 7 }, { Image: machine.base, Cmd: 7 }, { Image: machine.base, Cmd: [7] }, { Image: machine.base, Env: 'A=b' }, { Image: machine.base, Env: [null] }, { Image: machine.base, Labels: 'x' },
        { Image: machine.base, Labels: { a: 7 } }, { Image: machine.base, HostConfig: 'x' }, { Image: machine.base, HostConfig: { Binds: 'x' } }, { Image: machine.base, HostConfig: { Binds: [7] } }, { Image: machine.base, HostConfig: { Memory: 'much' } },
        { Image: machine.base, HostConfig: { RestartPolicy: 'always' } }, { Image: machine.base, HostConfig: { Mounts: [{}] } }, { Image: machine.base, HostConfig: { Devices: ['x'] } }, { Image: machine.base, HostConfig: { CapAdd: 'ALL' } },
        { Image: machine.base, User: 7 }, { Image: machine.base, Hostname: ['x'] }, { Image: machine.base, WorkingDir: {} }, { Image: machine.base, StopTimeout: 'x' }, { Image: machine.base, Tty: 'yes' }, { Image: machine.base, HostConfig: { LogConfig: 7 } },
      ];
      const wrong: string[] = [];
      for (const body of odd) {
        const text = await answer('/containers/create', body);
        if (text === 'accepted' || /is not a function|not iterable|cannot read|undefined/.test(text)) wrong.push(`${JSON.stringify(body)}: ${text}`);
      }
      equal(wrong.join('\n'), '');
      client.close();
      equal(await machine.ok('ps', '-aq'), '');
    },
  },
  {
    title: 'a damaged record is set aside and reported, and the rest works',
    async run(machine) {
      const good = await machine.ok('create', '--name', 'good', machine.base, 'true');
      const running = await machine.ok('run', '-d', '--name', 'running', machine.base, 'sleep', '1000');
      const pid = await machine.ok('inspect', '-f', '{{.State.Pid}}', 'running');
      const bad: Readonly<Record<string, string>> = { empty: '', cut: '{"format":1,"id":"', other: '[]', older: '{"format":0}', incomplete: '' };
      const ids: string[] = [];
      for (const name of Object.keys(bad)) ids.push(await machine.ok('create', '--name', name, machine.base, 'true'));
      await machine.endDaemon('SIGKILL');
      Object.entries(bad).forEach(([name, text], i) => {
        const file = `${machine.state}/containers/${ids[i]!}/config.json`;
        const record = JSON.parse(readFileSync(file, 'utf8')) as object;
        writeFileSync(file, name === 'incomplete' ? JSON.stringify({ ...record, config: null, hostConfig: null }) : text);
      });
      writeFileSync(`${machine.state}/containers/${good}/outcome.json`, '{"startedAt":7}');
      writeFileSync(machine.path(`/run/system-docker/containers/${running}/run.json`), '{"phase":');
      mkdirSync(`${machine.state}/containers/${'ab'.repeat(32)}`);
      writeFileSync(`${machine.state}/containers/note.txt`, 'of somebody');
      await machine.startDaemon();
      equal(await machine.ok('ps', '-a', '--format', '{{.Names}} {{.State}}'), 'running running\ngood created');
      equal(await machine.ok('inspect', '-f', '{{.State.Pid}}', 'running'), pid);
      for (const id of ids) {
        match(machine.daemonLog, new RegExp(`container ${id} is damaged and was set aside as ${id}\\.broken: `));
        ok(existsSync(`${machine.state}/containers/${id}.broken/config.json`), 'the damaged record is kept');
      }
      expectEnd('the good one', await machine.docker('start', '-a', 'good'), { code: 0 });
      equal(await machine.ok('create', '--name', 'empty', machine.base, 'true') !== '', true); // its name is free again
    },
  },
  {
    title: 'on a full disk a container is not created, says why, and leaves what is there as it was',
    async run(machine) {
      await machine.endDaemon('SIGTERM');
      const small = ['--data-root', '/tmp/small'];
      await machine.run(['sh', '-ec', 'mkdir -p /tmp/small; mount -t tmpfs -o size=400k,nr_inodes=400 small /tmp/small']);
      await machine.startDaemon(...small);
      try {
        await machine.ok('run', '-d', '--name', 'before', machine.base, 'sleep', '1000');
        await machine.run(['sh', '-c', 'dd if=/dev/zero of=/tmp/small/fill bs=1k count=1000']);
        const said = await machine.docker('run', '-d', '--name', 'after', machine.base, 'sleep', '1000');
        expectEnd('run on a full disk', said, { code: 125, stderr: /^docker: Error response from daemon: .*no space left on device/i });
        equal(await machine.ok('ps', '-a', '--format', '{{.Names}} {{.State}}'), 'before running');
        expectEnd('rename on a full disk', await machine.docker('rename', 'before', 'later'), { code: 1, stderr: /no space left on device/i });
        equal(await machine.ok('ps', '-a', '--format', '{{.Names}}'), 'before');
        await machine.ok('stop', '-t', '0', 'before');
        equal(await machine.ok('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'before'), 'exited 137');
        await machine.endDaemon('SIGKILL');
        await machine.startDaemon(...small);
        equal(await machine.ok('ps', '-a', '--format', '{{.Names}} {{.State}}'), 'before exited');
        await machine.run(['rm', '/tmp/small/fill']);
        await machine.ok('run', '-d', '--name', 'after', machine.base, 'sleep', '1000');
        equal(readdirSync(machine.path('/tmp/small/containers')).length, 2);
        await machine.removeContainers();
      } finally {
        await machine.endDaemon('SIGKILL');
        await machine.run(['umount', '-l', '/tmp/small']);
        await machine.startDaemon();
      }
    },
  },
];
