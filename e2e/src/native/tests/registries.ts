// Pulling from Debian's docker-registry on this machine, straight and through a proxy that breaks off, lies and hangs up.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { deepEqual, equal, match } from '@drover/testing';
import { eventually } from '../../eventually.ts';
import type { NativeMachine } from '../native-machine.ts';
import { fillRegistry, PROXY, REGISTRY, withProxy, withRegistry } from '../registry-server.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

function isLarge(asked: IncomingMessage, answer: IncomingMessage): boolean {
  return asked.url?.includes('/blobs/') === true && Number(answer.headers['content-length']) > 100_000;
}

async function pullWithLogin(machine: NativeMachine): Promise<void> {
  const config = JSON.stringify({ auths: { [REGISTRY]: { auth: Buffer.from('me:secret').toString('base64') } } });
  expectEnd('without a login', await machine.docker('pull', `${REGISTRY}/test/made:1`), { code: 1, stderr: /no basic auth credentials/ });
  mkdirSync(machine.path('/tmp/login'), { recursive: true });
  writeFileSync(machine.path('/tmp/login/config.json'), config);
  match(await machine.ok('--config', '/tmp/login', 'pull', `${REGISTRY}/test/made:1`), /Downloaded newer image/);
  await machine.ok('image', 'prune', '-af');
}

export const registryTests: readonly NativeTest[] = [
  {
    title: 'pull fetches what the machine needs from a registry, by tag, by digest and from a list; a second pull fetches nothing',
    run: (machine) => withRegistry(machine, {}, async () => {
      await fillRegistry(machine);
      const first = await machine.ok('pull', `${REGISTRY}/test/made:1`);
      match(first, /^1: Pulling from test\/made\n/);
      match(first, /Status: Downloaded newer image for 127\.0\.0\.1:5917\/test\/made:1/);
      equal(await machine.ok('run', '--rm', '--net=none', `${REGISTRY}/test/made:1`, 'sh', '-c', 'cmp /made/a /etc/services; stat -c %h /made/b; ls /etc/protocols 2>/dev/null || echo gone'), '3\ngone');
      match(await machine.ok('pull', `${REGISTRY}/test/made:1`), /Status: Image is up to date/);
      const digest = await machine.ok('inspect', '-f', '{{index .RepoDigests 0}}', `${REGISTRY}/test/made:1`);
      match(await machine.ok('pull', digest), /Status: Image is up to date for .*@sha256:/);
      match(await machine.ok('pull', `${REGISTRY}/test/made:list`), /Status: Downloaded newer image/);
      equal(await machine.ok('images', '-q', `${REGISTRY}/test/made`), (await machine.ok('inspect', '-f', '{{.Id}}', digest)).slice(7, 19).repeat(2).replace(/(.{12})/, '$1\n'));
      expectEnd('a tag that is not there', await machine.docker('pull', `${REGISTRY}/test/made:none`), { code: 1, stderr: 'Error response from daemon: manifest for 127.0.0.1:5917/test/made:none not found: manifest unknown: manifest unknown' });
      equal(await machine.ok('run', '--rm', '--net=none', '--pull', 'always', '-q', `${REGISTRY}/test/made:1`, 'echo', 'pulled'), 'pulled');
      await machine.ok('image', 'prune', '-af');
      deepEqual(readdirSync(join(machine.state, 'layers')), []);
    }),
  },
  {
    title: 'a download that breaks off goes on where it broke; one that is not what it should be is refused and leaves nothing',
    run: (machine) => withRegistry(machine, {}, async () => {
      await fillRegistry(machine);
      const ranges: string[] = [];
      let broken = 0;
      const breaking = (asked: IncomingMessage, answer: IncomingMessage, response: ServerResponse): boolean => {
        if (!isLarge(asked, answer)) return false;
        ranges.push(asked.headers.range ?? '');
        if (broken >= 2) return false;
        broken += 1;
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        let sent = 0;
        answer.on('data', (bytes: Buffer) => {
          sent += bytes.length;
          response.write(bytes);
          if (sent > 1_000_000) response.destroy();
        });
        return true;
      };
      await withProxy(breaking, async () => match(await machine.ok('pull', `${PROXY}/test/made:1`), /Downloaded newer image/));
      equal(ranges.length, 3);
      match(ranges.join(' '), /^ bytes=\d{6,}- bytes=\d{7,}-$/);
      equal(await machine.ok('run', '--rm', '--net=none', `${PROXY}/test/made:1`, 'echo', 'whole'), 'whole');
      await machine.ok('image', 'prune', '-af');
      const lying = (asked: IncomingMessage, answer: IncomingMessage, response: ServerResponse): boolean => {
        if (!isLarge(asked, answer)) return false;
        response.writeHead(200, { 'content-length': answer.headers['content-length'] });
        answer.on('data', (bytes: Buffer) => response.write(Buffer.alloc(bytes.length))).on('end', () => response.end());
        return true;
      };
      await withProxy(lying, async () => expectEnd('a lie', await machine.docker('pull', `${PROXY}/test/made:1`), { code: 1, stderr: /filesystem layer verification failed for digest sha256:[0-9a-f]{64}/ }));
      await eventually('nothing is left of it', 5000, () => readdirSync(join(machine.state, 'layers')).length + readdirSync(join(machine.state, 'tmp')).length === 0);
    }),
  },
  {
    title: 'a registry that asks for a login is told the one that docker has, and refuses without',
    async run(machine) {
      await withRegistry(machine, {}, () => fillRegistry(machine));
      await withRegistry(machine, { auth: 'password' }, () => pullWithLogin(machine));
    },
  },
];
