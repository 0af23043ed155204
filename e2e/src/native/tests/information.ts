// version, info, images, inspect, ps: what can be asked.

import { deepEqual, equal, match, ok } from '@drover/testing';
import { SOCKET } from '../native-machine.ts';
import type { NativeTest } from './native-test.ts';
import { expectEnd } from './expect.ts';

export const informationTests: readonly NativeTest[] = [
  {
    title: 'version and info name System Docker, its API and its programs',
    async run(machine) {
      const version = await machine.ok('version');
      match(version, /Server: Drover System Docker/);
      match(version, /API version: +1\.45 \(minimum version 1\.24\)/);
      match(version, /crun:\n +Version: +\d+\.\d+/);
      match(version, /conmon:\n +Version: +\d+\.\d+/);
      const info = await machine.ok('info', '--format', '{{.Driver}} {{.CgroupVersion}} {{.DockerRootDir}} {{.Containers}} {{.LiveRestoreEnabled}}');
      equal(info, 'overlay2 2 /var/lib/system-docker 0 true');
      equal((await machine.run(['env', `DOCKER_API_VERSION=1.24`, 'docker', '-H', `unix://${SOCKET}`, 'ps', '-q'])).code, 0);
      expectEnd('an API that is too old', await machine.run(['env', 'DOCKER_API_VERSION=1.23', 'docker', '-H', `unix://${SOCKET}`, 'ps']), { code: 1, stderr: /client version 1\.23 is too old\. Minimum supported API version is 1\.24/ });
    },
  },
  {
    title: 'images lists what the system brought along; inspect knows it by name and by id',
    async run(machine) {
      const images = (await machine.ok('images', '--format', '{{.Repository}}:{{.Tag}}')).split('\n');
      ok(images.includes(machine.base), 'os-base is there');
      const id = await machine.ok('inspect', '-f', '{{.Id}}', machine.base);
      match(id, /^sha256:[0-9a-f]{64}$/);
      equal(await machine.ok('inspect', '-f', '{{index .RepoTags 0}}', id.slice(7, 19)), machine.base);
      equal(await machine.ok('images', '-q', machine.base), id.slice(7, 19));
      equal(await machine.ok('images', '-q', '--filter', 'reference=drover/os-ba*'), id.slice(7, 19));
    },
  },
  {
    title: 'ps shows what runs, -a all, -q ids, with filters and formats',
    async run(machine) {
      const running = await machine.ok('run', '-d', '--name', 'one', '--label', 'colour=red', machine.base, 'sleep', '1000');
      const ended = await machine.ok('run', '-d', '--name', 'two', '--label', 'colour=blue', machine.base, 'sh', '-c', 'exit 3');
      await machine.ok('create', '--name', 'three', machine.base, 'true');
      await machine.ok('wait', 'two');
      const names = async (...args: string[]): Promise<string[]> => (await machine.ok('ps', '--format', '{{.Names}}', ...args)).split('\n').sort();
      deepEqual(await names(), ['one']);
      deepEqual(await names('-a'), ['one', 'three', 'two']);
      deepEqual(await names('-a', '--filter', 'status=exited'), ['two']);
      deepEqual(await names('-a', '--filter', 'status=created'), ['three']);
      deepEqual(await names('-a', '--filter', 'exited=3'), ['two']);
      deepEqual(await names('-a', '--filter', 'label=colour=red'), ['one']);
      deepEqual(await names('-a', '--filter', 'label=colour'), ['one', 'two']);
      deepEqual(await names('-a', '--filter', 'name=^t'), ['three', 'two']);
      deepEqual(await names('-a', '--filter', `id=${ended.slice(0, 12)}`), ['two']);
      deepEqual(await names('-a', '--filter', `ancestor=${machine.base}`), ['one', 'three', 'two']);
      deepEqual(await names('-l'), ['three']);
      deepEqual(await names('-n', '2'), ['three', 'two']);
      equal(await machine.ok('ps', '-q'), running.slice(0, 12));
      equal(await machine.ok('ps', '-q', '--no-trunc'), running);
      match(await machine.ok('ps', '-a'), /^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES\n/);
      match(await machine.ok('ps', '-a', '--filter', 'name=two', '--format', '{{.Image}} {{.Command}} {{.Status}}'), /^drover\/os-base:\S+ "sh -c 'exit 3'" Exited \(3\) /);
      match(await machine.ok('ps', '--format', '{{.Status}}'), /^Up /);
      expectEnd('a filter that does not exist', await machine.docker('ps', '--filter', 'nonsense=1'), { code: 1, stderr: 'Error response from daemon: invalid filter \'nonsense\'' });
    },
  },
];
