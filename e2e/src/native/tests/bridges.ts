// Containers on bridges with real traffic: to each other, from and to a machine outside, by published ports and names.

import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { deepEqual, equal, match, ok } from '@drover/testing';
import { eventually } from '../../eventually.ts';
import type { NativeMachine } from '../native-machine.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

const LIMIT_MS = 10_000;

/** A server that says by which address it was reached, and stays. */
const SERVER = ['sh', '-c', 'mkdir /w; hostname >/w/index.html; exec httpd -f -p 80 -h /w'];

/** Another machine: 198.51.100.2, which knows no way to the containers' addresses. */
class Outside {
  private readonly holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.holder = holder;
  }

  static async open(machine: NativeMachine): Promise<Outside> {
    const outside = new Outside(spawn('unshare', ['--net', 'sleep', '1000'], { stdio: 'ignore' }));
    await eventually('the network outside is there', LIMIT_MS, () => {
      outside.at(['ip', 'link', 'set', 'lo', 'up']);
      return outside.at(['ip', 'link']).split('\n').length < 4; // not yet this machine's own
    }, 20);
    inMachine(machine, ['ip', 'link', 'add', 'out0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(outside.holder.pid)]);
    inMachine(machine, ['ip', 'addr', 'add', '198.51.100.1/24', 'dev', 'out0']);
    inMachine(machine, ['ip', 'link', 'set', 'out0', 'up']);
    outside.at(['ip', 'addr', 'add', '198.51.100.2/24', 'dev', 'eth0']);
    outside.at(['ip', 'link', 'set', 'eth0', 'up']);
    return outside;
  }

  /** What the command prints. */
  at(command: readonly string[]): string {
    return execFileSync('nsenter', ['-t', String(this.holder.pid), '--net', ...command], { encoding: 'utf8', timeout: LIMIT_MS, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Tells who asks, on port 80. */
  serve(): ChildProcess {
    return spawn('nsenter', ['-t', String(this.holder.pid), '--net', process.execPath, '-e', "require('node:http').createServer((asked, answer) => answer.end(asked.socket.remoteAddress)).listen(80, '0.0.0.0')"], { stdio: 'ignore' });
  }

  close(): void {
    this.holder.kill('SIGKILL');
  }
}

function inMachine(machine: NativeMachine, command: readonly string[]): string {
  return execFileSync('nsenter', ['-t', String(machine.pid), '--net', ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const fetched = (url: string): string[] => ['wget', '-q', '-T', '5', '-O', '-', url];

/** What is ours on the machine: links and rules. */
async function traces(machine: NativeMachine): Promise<string[]> {
  const links = inMachine(machine, ['ip', '-o', 'link']).split('\n').filter((line) => /docker-sys|veth|br-/.test(line));
  const rules = await machine.run(['/var/lib/rancher/engine/iptables-save']);
  return [...links, ...rules.stdout.split('\n').filter((line) => line.includes('DOCKER-SYS')), ...(await machine.run(['sh', '-c', 'ls /run/system-docker/bridges.json 2>/dev/null'])).stdout.split('\n').filter((line) => line !== '')];
}

async function expectNoTraces(machine: NativeMachine): Promise<void> {
  await eventually('nothing of a bridge is left', LIMIT_MS, async () => {
    const left = await traces(machine);
    if (left.length > 0) throw new Error(left.join('\n'));
    return true;
  }, 50);
}

export const bridgeTests: readonly NativeTest[] = [
  {
    title: 'a machine without a container on a bridge has no trace of one; with the last such container they go again',
    async run(machine) {
      deepEqual(await traces(machine), []);
      equal(await machine.ok('network', 'ls', '--format', '{{.Name}}'), 'bridge\nhost\nnone');
      deepEqual(await traces(machine), []);
      match(await machine.ok('run', '--rm', machine.base, 'ip', '-o', 'addr', 'show', 'dev', 'eth0'), /inet 172\.16\.42\.2\/24 brd 172\.16\.42\.255/);
      await expectNoTraces(machine);
    },
  },
  {
    title: 'a container on the default bridge reaches its neighbour, the machine and, under the machine’s address, what is outside',
    async run(machine) {
      const outside = await Outside.open(machine);
      const server = outside.serve();
      try {
        await machine.ok('run', '-d', '--name', 'web', machine.base, ...SERVER);
        await machine.ok('run', '-d', '--name', 'box', machine.base, 'sleep', '1000');
        await eventually('the neighbour answers by its name', LIMIT_MS, async () => (await machine.ok('exec', 'box', ...fetched('http://web/'))) === (await machine.ok('exec', 'web', 'hostname')));
        equal(await eventually('the server outside answers', LIMIT_MS, () => machine.ok('exec', 'box', ...fetched('http://198.51.100.2/'))), '198.51.100.1');
        equal((await machine.docker('exec', 'box', 'ping', '-c', '1', '172.16.42.1')).code, 0);
        // Nobody outside reaches what is not published, even when the way is known.
        outside.at(['ip', 'route', 'add', '172.16.42.0/24', 'via', '198.51.100.1']);
        ok(tryAt(outside, ['curl', '-s', '-m', '2', 'http://172.16.42.2/']) !== 0);
      } finally {
        server.kill('SIGKILL');
        outside.close();
      }
      await machine.removeContainers();
      await expectNoTraces(machine);
    },
  },
  {
    title: 'a published port answers from outside, from the machine’s loopback, from a neighbour and from itself; a taken one is refused',
    async run(machine) {
      const outside = await Outside.open(machine);
      try {
        await machine.ok('run', '-d', '--name', 'web', '-h', 'the-web', '-p', '8080:80', '-p', '127.0.0.1:8081-8082:80', machine.base, ...SERVER);
        await machine.ok('run', '-d', '--name', 'box', machine.base, 'sleep', '1000');
        equal(await eventually('it answers outside', LIMIT_MS, () => outside.at(['curl', '-s', '-m', '2', 'http://198.51.100.1:8080/'])), 'the-web\n');
        for (const url of ['http://127.0.0.1:8080/', 'http://127.0.0.1:8081/', 'http://198.51.100.1:8080/']) equal(inMachine(machine, ['curl', '-s', '-m', '2', url]), 'the-web\n');
        for (const name of ['box', 'web']) equal(await machine.ok('exec', name, ...fetched('http://198.51.100.1:8080/')), 'the-web');
        ok(tryAt(outside, ['curl', '-s', '-m', '2', 'http://198.51.100.1:8081/']) !== 0);
        equal(await machine.ok('port', 'web'), '80/tcp -> 0.0.0.0:8080\n80/tcp -> 127.0.0.1:8081');
        expectEnd('a port that another container has', await machine.docker('run', '--rm', '-p', '8080:80', machine.base, 'true'), { code: 125, stderr: /Bind for 0\.0\.0\.0:8080 failed: port is already allocated/ });
        expectEnd('a range whose first ones are taken', await machine.docker('run', '--rm', '-p', '8080-8082:80', machine.base, 'true'), { code: 0 });
        await machine.ok('stop', '-t', '0', 'web');
        expectEnd('a port that was given back', await machine.docker('run', '--rm', '-p', '8080:80', machine.base, 'true'), { code: 0 });
      } finally {
        outside.close();
      }
    },
  },
  {
    title: 'a port over UDP is published, and one that a program of the machine has is refused',
    async run(machine) {
      await machine.ok('run', '-d', '--name', 'udp', '-p', '5353:53/udp', machine.base, 'sleep', '1000');
      const space = machine.path(`/proc/${await machine.ok('inspect', '-f', '{{.State.Pid}}', 'udp')}/ns/net`);
      const server = spawn('nsenter', [`--net=${space}`, process.execPath, '-e', "const socket = require('node:dgram').createSocket('udp4'); socket.on('message', (text) => { console.log(`${text}`); socket.close() }).bind(53)"], { stdio: ['ignore', 'pipe', 'ignore'] });
      let heard = '';
      server.stdout.on('data', (bytes: Buffer) => (heard += bytes.toString()));
      await eventually('what is sent arrives', LIMIT_MS, () => {
        inMachine(machine, ['bash', '-c', 'echo hello >/dev/udp/127.0.0.1/5353 || true']);
        return heard.startsWith('hello');
      });
      const taken = machine.start(['nc', '-l', '-p', '9090']);
      try {
        await eventually('somebody listens', LIMIT_MS, async () => /:9090 /.test((await machine.run(['netstat', '-ltn'])).stdout), 20);
        expectEnd('a port of a program', await machine.docker('run', '--rm', '-p', '9090:80', machine.base, 'true'), { code: 125, stderr: /9090: bind: address already in use/ });
      } finally {
        taken.kill('SIGKILL');
      }
    },
  },
  {
    title: 'on a network of a user containers have fixed addresses, aliases and names, and do not see other networks; connect and disconnect act at once',
    async run(machine) {
      await machine.ok('network', 'create', '--subnet', '10.77.0.0/24', 'one');
      await machine.ok('network', 'create', 'two');
      await machine.ok('run', '-d', '--name', 'web', '--net', 'one', '--ip', '10.77.0.50', '--network-alias', 'www', machine.base, ...SERVER);
      await machine.ok('run', '-d', '--name', 'near', '--net', 'one', machine.base, 'sleep', '1000');
      await machine.ok('run', '-d', '--name', 'far', '--net', 'two', machine.base, 'sleep', '1000');
      const reaches = async (from: string, to: string): Promise<boolean> => (await machine.docker('exec', from, 'wget', '-q', '-T', '2', '-O', '-', `http://${to}/`)).code === 0;
      await eventually('the alias answers', LIMIT_MS, () => reaches('near', 'www'));
      equal(await reaches('far', '10.77.0.50'), false);
      equal(await reaches('far', 'web'), false);
      await machine.ok('network', 'connect', '--alias', 'site', 'two', 'web');
      equal(await reaches('far', 'site'), true);
      equal(await reaches('near', 'web'), true);
      await machine.ok('network', 'disconnect', 'two', 'web');
      equal(await reaches('far', 'site'), false);
      match((await machine.docker('network', 'rm', 'one')).stderr, /has active endpoints/);
      await machine.removeContainers();
      await machine.ok('network', 'rm', 'one', 'two');
      await expectNoTraces(machine);
    },
  },
  {
    title: 'killed and started again, the daemon knows who is connected: traffic goes on, ports stay taken, and what ended meanwhile leaves nothing',
    async run(machine) {
      await machine.ok('network', 'create', 'kept');
      await machine.ok('run', '-d', '--name', 'web', '--net', 'kept', '-p', '8080:80', machine.base, ...SERVER);
      await machine.ok('run', '-d', '--name', 'ends', machine.base, 'sleep', '1000');
      const answers = (): string => inMachine(machine, ['curl', '-s', '-m', '2', 'http://127.0.0.1:8080/']);
      const name = await eventually('it answers', LIMIT_MS, answers);
      const before = await machine.ok('inspect', '-f', '{{json .NetworkSettings}}', 'web');
      const pid = await machine.ok('inspect', '-f', '{{.State.Pid}}', 'ends');
      await machine.endDaemon('SIGKILL');
      equal(answers(), name);
      await machine.run(['kill', '-9', pid]);
      await machine.startDaemon();
      equal(answers(), name);
      equal(await machine.ok('inspect', '-f', '{{json .NetworkSettings}}', 'web'), before);
      await eventually('what has ended is off the network', LIMIT_MS, async () => (await machine.ok('network', 'inspect', '-f', '{{len .Containers}}', 'bridge')) === '0' && !(await traces(machine)).join('\n').includes('docker-sys'));
      expectEnd('its port', await machine.docker('run', '--rm', '-p', '8080:80', machine.base, 'true'), { code: 125, stderr: /port is already allocated/ });
      await machine.removeContainers();
      await machine.ok('network', 'rm', 'kept');
      await expectNoTraces(machine);
    },
  },
  {
    title: 'the default bridge is somewhere else when its addresses are routed elsewhere, and rules of others stay as they are',
    async run(machine) {
      inMachine(machine, ['ip', 'link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'lan1']);
      inMachine(machine, ['ip', 'link', 'set', 'lan0', 'up']);
      inMachine(machine, ['ip', 'route', 'add', '172.16.0.0/12', 'dev', 'lan0']);
      const iptables = '/var/lib/rancher/engine/iptables';
      await machine.run([iptables, '-t', 'nat', '-N', 'DOCKER']);
      await machine.run([iptables, '-t', 'nat', '-A', 'PREROUTING', '-m', 'addrtype', '--dst-type', 'LOCAL', '-j', 'DOCKER']);
      const rules = async (): Promise<string> => (await machine.run([iptables, '-t', 'nat', '-S'])).stdout;
      const before = await rules();
      try {
        match(await machine.ok('run', '--rm', machine.base, 'ip', '-o', 'addr', 'show', 'dev', 'eth0'), /inet 10\.213\.42\.2\/24/);
        await expectNoTraces(machine);
        equal(await rules(), before);
      } finally {
        inMachine(machine, ['ip', 'link', 'del', 'lan0']);
      }
    },
  },
];

/** Its exit code. */
function tryAt(outside: Outside, command: readonly string[]): number {
  try {
    outside.at(command);
    return 0;
  } catch (error) {
    return (error as { status?: number }).status ?? -1;
  }
}
