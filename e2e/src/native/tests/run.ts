// run and its options.

import { writeFileSync } from 'node:fs';
import { equal, match } from '@drover/testing';
import { SOCKET } from '../native-machine.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

export const runTests: readonly NativeTest[] = [
  {
    title: 'run passes on output, errors and the exit code, and --rm leaves nothing',
    async run(machine) {
      expectEnd('run --rm', await machine.docker('run', '--rm', machine.base, 'sh', '-c', 'echo out; echo err >&2; exit 7'), { code: 7, stdout: 'out', stderr: 'err' });
      equal(await machine.ok('ps', '-aq'), '');
      expectEnd('killed by a signal', await machine.docker('run', '--rm', machine.base, 'sh', '-c', "sh -c 'kill -9 $$'; exit $?"), { code: 137 });
    },
  },
  {
    title: 'run -i gives the container its input, to the end of it',
    async run(machine) {
      const text = `${'0123456789abcdef'.repeat(4096)}\n`.repeat(8);
      const { code, stdout } = await machine.run(['docker', '-H', `unix://${SOCKET}`, 'run', '--rm', '-i', machine.base, 'md5sum'], { input: text });
      equal(code, 0);
      match(stdout, /^[0-9a-f]{32}  -\n$/);
      const cat = await machine.run(['docker', '-H', `unix://${SOCKET}`, 'run', '--rm', '-i', machine.base, 'cat'], { input: text });
      equal(cat.stdout.length, text.length);
      equal(cat.stdout === text, true);
    },
  },
  {
    title: 'run -t has a terminal, -it also the size of the one it is called from',
    async run(machine) {
      expectEnd('run -t', await machine.docker('run', '--rm', '-t', machine.base, 'sh', '-c', 'test -t 1 && echo terminal $TERM'), { code: 0, stdout: 'terminal xterm\r' });
      const docker = ['docker', '-H', `unix://${SOCKET}`];
      expectEnd('-it without a terminal', await machine.run([...docker, 'run', '--rm', '-it', machine.base, 'true'], { input: '' }), { code: 1, stderr: 'the input device is not a TTY' });
      const sized = await machine.run(['sh', '-c', `stty rows 33 cols 101; ${docker.join(' ')} run --rm -it ${machine.base} sh -c 'sleep 0.3; stty size; exit 5'`], { terminal: true });
      match(sized.stdout, /33 101/);
      equal(sized.code, 5);
    },
  },
  {
    title: 'run takes environment, user, folder, host name, entrypoint, labels and a name',
    async run(machine) {
      const out = async (...args: string[]): Promise<string> => machine.ok('run', '--rm', ...args);
      equal(await out('-e', 'COLOUR=red', '-e', 'EMPTY=', machine.base, 'sh', '-c', 'echo $COLOUR${EMPTY-unset}'), 'red');
      equal(await out('-u', '1000:1001', machine.base, 'id'), 'uid=1000 gid=1001 groups=1001');
      equal(await out('-w', '/usr/bin', machine.base, 'pwd'), '/usr/bin');
      equal(await out('-h', 'somehost', machine.base, 'hostname'), 'somehost');
      equal(await out('--entrypoint', 'echo', machine.base, 'a', 'b'), 'a b');
      await machine.ok('run', '-d', '--name', 'named', '--label', 'a=b', machine.base, 'sleep', '1000');
      equal(await machine.ok('inspect', '-f', '{{.Name}} {{.Config.Labels.a}} {{.State.Status}} {{.State.Running}}', 'named'), '/named b running true');
      expectEnd('a name in use', await machine.docker('run', '--name', 'named', machine.base), { code: 125, stderr: /^docker: Error response from daemon: Conflict\. The container name "\/named" is already in use by container "[0-9a-f]{64}"\. You have to remove \(or rename\) that container to be able to reuse that name\.\nSee 'docker run --help'\.\n$/ });
    },
  },
  {
    title: 'run -v binds files and folders, read-only too; a named volume keeps its content',
    async run(machine) {
      writeFileSync(machine.path('/tmp/file'), 'from outside\n');
      equal(await machine.ok('run', '--rm', '-v', '/tmp/file:/there:ro', machine.base, 'cat', '/there'), 'from outside');
      expectEnd('writing to :ro', await machine.docker('run', '--rm', '-v', '/tmp/file:/there:ro', machine.base, 'sh', '-c', 'echo x >/there'), { code: 1, stderr: /Read-only file system/ });
      await machine.ok('run', '--rm', '-v', '/tmp/made/for/it:/x', machine.base, 'sh', '-c', 'echo inside >/x/y');
      expectEnd('seen outside', await machine.run(['cat', '/tmp/made/for/it/y']), { code: 0, stdout: 'inside' });
      await machine.ok('run', '--rm', '-v', 'vol:/data', machine.base, 'sh', '-c', 'echo kept >/data/a');
      equal(await machine.ok('run', '--rm', '-v', 'vol:/data', machine.base, 'cat', '/data/a'), 'kept');
      await machine.ok('volume', 'rm', 'vol');
    },
  },
  {
    title: 'run --net=host shares the network, --net=none has none but the loopback device',
    async run(machine) {
      const network = await machine.run(['readlink', '/proc/1/ns/net']);
      equal(await machine.ok('run', '--rm', '--net=host', machine.base, 'readlink', '/proc/self/ns/net'), network.stdout.trim());
      match(await machine.ok('run', '--rm', '--net=none', machine.base, 'ls', '/sys/class/net'), /^lo$/);
      match(await machine.ok('run', '--rm', '--net=host', machine.base, 'cat', '/etc/hosts'), /127\.0\.0\.1 localhost/);
    },
  },
  {
    title: 'run --privileged has every capability and device; without it, neither',
    async run(machine) {
      const status = 'grep CapEff /proc/self/status; ls /dev | wc -l; mount -t tmpfs x /mnt 2>/dev/null && echo mounted';
      const plain = await machine.run(['docker', '-H', `unix://${SOCKET}`, 'run', '--rm', machine.base, 'sh', '-c', status]);
      match(plain.stdout, /^CapEff:\t00000000a80425fb\n\d\d\n$/);
      // Whatever this machine's root has: the engine can't give away more.
      const own = new RegExp(`^${(await machine.run(['grep', 'CapEff', '/proc/self/status'])).stdout}`);
      const privileged = await machine.ok('run', '--rm', '--privileged', machine.base, 'sh', '-c', status);
      match(privileged, own);
      match(privileged, /\nmounted$/);
    },
  },
  {
    title: 'a command that can not be run is 127 or 126, a refusal of the engine 125, in Docker\'s words',
    async run(machine) {
      const failure = /^docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: .*unable to start container process: /;
      expectEnd('not there', await machine.docker('run', '--rm', machine.base, 'nosuch'), { code: 127, stderr: new RegExp(`${failure.source}exec: "nosuch": executable file not found in \\$PATH: unknown\\.\n$`) });
      expectEnd('not there, a path', await machine.docker('run', '--rm', machine.base, '/nosuch'), { code: 127, stderr: new RegExp(`${failure.source}exec: "/nosuch": stat /nosuch: no such file or directory: unknown\\.\n$`) });
      expectEnd('a folder', await machine.docker('run', '--rm', machine.base, '/etc'), { code: 126, stderr: new RegExp(`${failure.source}exec: "/etc": is a directory: unknown\\.\n$`) });
      expectEnd('not executable', await machine.docker('run', '--rm', machine.base, '/etc/services'), { code: 126, stderr: new RegExp(`${failure.source}exec: "/etc/services": permission denied: unknown\\.\n$`) });
      expectEnd('an unknown flag', await machine.docker('run', '--nonsense', machine.base), { code: 125, stderr: "unknown flag: --nonsense\nSee 'docker run --help'." });
      expectEnd('an unknown image', await machine.docker('run', 'nosuch:1'), { code: 125, stderr: /^Unable to find image 'nosuch:1' locally\ndocker: Error response from daemon: / });
      expectEnd('an unknown user', await machine.docker('run', '--rm', '-u', 'nobody-here', machine.base, 'true'), { code: 125, stderr: /unable to find user nobody-here: no matching entries in passwd file/ });
      expectEnd('an unknown network', await machine.docker('run', '--rm', '--net=nowhere', machine.base, 'true'), { code: 125, stderr: /network nowhere not found/ });
      expectEnd('a relative volume', await machine.docker('run', '--rm', '-v', './x:y', machine.base, 'true'), { code: 125, stderr: /invalid volume specification|mount path must be absolute/ });
      expectEnd('a restart policy with --rm', await machine.docker('run', '--rm', '--restart=always', machine.base), { code: 125, stderr: /conflicting options/i });
      equal(await machine.ok('ps', '-aq'), '');
    },
  },
];
