// The ways to a registry: TLS with an authority of one's own, tokens, logins, mirrors, proxies; pushing; searching.

import { createServer } from 'node:http';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { deepEqual, equal, match } from '@drover/testing';
import { EngineClient } from '../engine-client.ts';
import type { NativeMachine } from '../native-machine.ts';
import { SOCKET } from '../native-machine.ts';
import { fillRegistry, PROXY, REGISTRY, REGISTRY_PORT, withProxy, withRegistry } from '../registry-server.ts';
import type { TlsFiles } from '../token-server.ts';
import { IDENTITY_TOKEN, TOKEN_PORT, withTokenServer } from '../token-server.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

/** Not on this machine by its name, so that certificates count. */
const NAME = `registry.test:${REGISTRY_PORT}`;
const TRUSTED = `/etc/docker/certs.d/${NAME}`;
const TUNNEL_PORT = 5921;
const SEARCH_PORT = 5922;

function prepareNames(machine: NativeMachine): void {
  writeFileSync(machine.path('/etc/hosts'), '127.0.0.1 localhost registry.test token.test registry-1.docker.io index.docker.io\n');
}

/** Signed by an authority of our own, which nobody trusts yet. */
async function makeCertificate(machine: NativeMachine): Promise<TlsFiles & { readonly authority: string }> {
  prepareNames(machine);
  const folder = machine.path('/tmp/tls/registry');
  if (!existsSync(folder)) equal((await machine.run(['ros', 'tls', 'generate', '--server', '-H', 'registry.test', '-H', 'token.test', '-d', '/tmp/tls/registry'])).code, 0);
  return { certificatePath: join(folder, 'server-cert.pem'), keyPath: join(folder, 'server-key.pem'), authority: readFileSync(join(folder, 'ca.pem'), 'utf8') };
}

function trust(machine: NativeMachine, authority: string): void {
  mkdirSync(machine.path(TRUSTED), { recursive: true });
  writeFileSync(machine.path(join(TRUSTED, 'ca.crt')), authority);
}

function writeLogin(machine: NativeMachine, login: object): string {
  mkdirSync(machine.path('/tmp/client'), { recursive: true });
  writeFileSync(machine.path('/tmp/client/config.json'), JSON.stringify({ auths: { [NAME]: login } }));
  return '/tmp/client';
}

async function withDaemon(machine: NativeMachine, flags: readonly string[], environment: readonly string[], test: () => Promise<void>): Promise<void> {
  const restart = async (more: readonly string[], variables: readonly string[]): Promise<void> => {
    await machine.endDaemon('SIGTERM');
    machine.daemonEnvironment = variables;
    await machine.startDaemon(...more);
  };
  await restart(flags, environment);
  try {
    await test();
  } finally {
    await restart([], []);
  }
}

/** A proxy for HTTPS alone; what it was asked for. */
async function withTunnel(test: (asked: string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on('connect', (request, client) => {
    asked.push(request.url ?? '');
    const server = connect(Number(request.url?.replace(/.*:/, '')), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(server).pipe(client);
    });
    for (const end of [client, server]) end.on('error', () => [client, server].forEach((one) => one.destroy()));
  });
  await new Promise<void>((resolve) => void proxy.listen(TUNNEL_PORT, '127.0.0.1', resolve));
  try {
    await test(asked);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}

async function forget(machine: NativeMachine): Promise<void> {
  await machine.ok('image', 'prune', '-af');
}

export const registryAccessTests: readonly NativeTest[] = [
  {
    title: 'a registry with a certificate of an authority of its own is trusted by /etc/docker/certs.d, and any certificate of one that is insecure',
    run: async (machine) => {
      await withRegistry(machine, {}, () => fillRegistry(machine));
      const tls = await makeCertificate(machine);
      rmSync(machine.path(TRUSTED), { recursive: true, force: true });
      await withRegistry(machine, { tls }, async () => {
        expectEnd('an unknown authority', await machine.docker('pull', `${NAME}/test/made:1`), { code: 1, stderr: /asking the registry registry\.test:5917 failed.*not correctly signed by the trusted CA/s });
        trust(machine, tls.authority);
        match(await machine.ok('pull', `${NAME}/test/made:1`), /Downloaded newer image/);
        await forget(machine);
        rmSync(machine.path(TRUSTED), { recursive: true });
        await withDaemon(machine, ['--insecure-registry', NAME], [], async () => match(await machine.ok('pull', `${NAME}/test/made:1`), /Downloaded newer image/));
        await forget(machine);
      });
      // Without TLS, too.
      await withRegistry(machine, {}, () => withDaemon(machine, ['--insecure-registry', 'registry.test'], [], async () => match(await machine.ok('pull', `${NAME}/test/made:1`), /Downloaded newer image/)));
      await forget(machine);
    },
  },
  {
    title: 'a registry that asks for tokens gets them from its token server: for nobody, by password, by identity token, and by rancher.registry_auths',
    run: async (machine) => {
      await withRegistry(machine, {}, () => fillRegistry(machine));
      const tls = await makeCertificate(machine);
      trust(machine, tls.authority);
      await withTokenServer(join(machine.state, '../tokens'), tls, async (certificatePath, asked) => {
        const realm = `https://token.test:${TOKEN_PORT}/token`;
        await withRegistry(machine, { tls, auth: { realm, certificatePath } }, async () => {
          expectEnd('nobody', await machine.docker('pull', `${NAME}/test/made:1`), { code: 1, stderr: /pull access denied for test\/made, repository does not exist or may require 'docker login'/ });
          equal(asked.pop(), 'GET nobody repository:test/made:pull');
          expectEnd('a wrong password', await machine.docker('--config', '/tmp/client', 'login', '-u', 'me', '-p', 'wrong', NAME), { code: 1, stderr: /unauthorized: incorrect username or password/ });
          expectEnd('the right one', await machine.docker('--config', '/tmp/client', 'login', '-u', 'me', '-p', 'secret', NAME), { code: 0, stdout: /Login Succeeded/ });
          match(await machine.ok('--config', '/tmp/client', 'pull', `${NAME}/test/made:1`), /Downloaded newer image/);
          equal(asked.pop(), 'GET me repository:test/made:pull');
          await machine.ok('tag', `${NAME}/test/made:1`, `${NAME}/open/copy:2`);
          expectEnd('pushing as nobody', await machine.docker('push', `${NAME}/open/copy:2`), { code: 1, stderr: /denied: requested access to the resource is denied|authentication required/ });
          match(await machine.ok('--config', '/tmp/client', 'push', `${NAME}/open/copy:2`), /2: digest: sha256:[0-9a-f]{64} size: \d+/);
          equal(asked.pop(), 'GET me repository:open/copy:pull,push');
          await forget(machine);
          match(await machine.ok('pull', `${NAME}/open/copy:2`), /Downloaded newer image/);
          equal(await machine.ok('run', '--net=none', '--rm', `${NAME}/open/copy:2`, 'stat', '-c', '%h', '/made/a'), '3');
          await forget(machine);
          match(await machine.ok('--config', writeLogin(machine, { auth: Buffer.from('me:').toString('base64'), identitytoken: IDENTITY_TOKEN }), 'pull', `${NAME}/test/made:1`), /Downloaded newer image/);
          equal(asked.pop(), 'POST me repository:test/made:pull');
          await forget(machine);
          mkdirSync(machine.path('/run/ros'), { recursive: true });
          writeFileSync(machine.path('/run/ros/config.json'), JSON.stringify({ rancher: { registry_auths: { [NAME]: { auth: Buffer.from('me:secret').toString('base64') } } } }));
          match(await machine.ok('pull', `${NAME}/test/made:1`), /Downloaded newer image/);
          rmSync(machine.path('/run/ros/config.json'));
          await forget(machine);
        });
      });
    },
  },
  {
    title: 'a mirror serves what Docker Hub has; what it lacks, and what it is down for, Docker Hub is asked for',
    run: (machine) => withRegistry(machine, {}, async () => {
      await fillRegistry(machine);
      prepareNames(machine);
      const mirror = ['--registry-mirror', `http://${PROXY}`];
      const asked: string[] = [];
      await withDaemon(machine, mirror, [], () => withProxy((request) => {
        asked.push(request.url ?? '');
        return false;
      }, async () => {
        match(await machine.ok('pull', 'test/made:1'), /Downloaded newer image for test\/made:1/);
        equal(asked[0], '/v2/test/made/manifests/1');
        expectEnd('what the mirror lacks', await machine.docker('pull', 'test/other:1'), { code: 1, stderr: /asking the registry docker\.io failed.*registry-1\.docker\.io/s });
      }));
      await forget(machine);
      await withDaemon(machine, mirror, [], async () => expectEnd('no mirror there', await machine.docker('pull', 'test/made:1'), { code: 1, stderr: /registry-1\.docker\.io/ }));
    }),
  },
  {
    title: 'a registry behind a proxy is asked through it, and directly when NO_PROXY names it',
    run: async (machine) => {
      await withRegistry(machine, {}, () => fillRegistry(machine));
      const tls = await makeCertificate(machine);
      trust(machine, tls.authority);
      await withRegistry(machine, { tls }, () => withTunnel(async (asked) => {
        const proxy = `HTTPS_PROXY=http://127.0.0.1:${TUNNEL_PORT}`;
        await withDaemon(machine, [], [proxy], async () => match(await machine.ok('pull', `${NAME}/test/made:1`), /Downloaded newer image/));
        deepEqual([...new Set(asked.splice(0))], [NAME]);
        await forget(machine);
        await withDaemon(machine, [], [proxy, 'NO_PROXY=other,.test'], async () => match(await machine.ok('pull', `${NAME}/test/made:1`), /Downloaded newer image/));
        deepEqual(asked, []);
        await forget(machine);
      }));
    },
  },
  {
    title: 'what is pushed is pulled again with the same id; layers that the registry has are not sent twice; a registry tells about an image',
    run: (machine) => withRegistry(machine, {}, async () => {
      const name = `${REGISTRY}/pushed/image`;
      await machine.ok('run', '--net=none', '--name', 'origin', machine.base, 'sh', '-c', 'echo new >/new; rm /etc/protocols; mkdir /etc/folder; chmod 700 /etc/folder');
      await machine.ok('commit', '-m', 'said', '-a', 'somebody', '-c', 'ENV A=B', '-c', 'CMD ["cat", "/new"]', 'origin', `${name}:1`);
      const id = await machine.ok('inspect', '-f', '{{.Id}}', `${name}:1`);
      const first = await machine.ok('push', `${name}:1`);
      match(first, /^The push refers to repository \[127\.0\.0\.1:5917\/pushed\/image\]/);
      match(first, /Pushed[^]*1: digest: sha256:[0-9a-f]{64} size: \d+/);
      await machine.ok('tag', `${name}:1`, `${name}:2`);
      const second = await machine.ok('push', '-a', name);
      match(second, /Layer already exists[^]*1: digest: [^]*2: digest: /);
      equal(second.includes('Pushed'), false);
      const digest = /sha256:[0-9a-f]{64}/.exec(first)![0];
      equal(await machine.ok('inspect', '-f', '{{index .RepoDigests 0}}', `${name}:1`), `${name}@${digest}`);
      const client = new EngineClient(machine.path(SOCKET));
      const { Descriptor, Platforms } = await client.call<{ Descriptor: { digest: string; mediaType: string }; Platforms: object[] }>('GET', `/distribution/${name}:1/json`);
      client.close();
      deepEqual([Descriptor.digest, Descriptor.mediaType, Platforms], [digest, 'application/vnd.docker.distribution.manifest.v2+json', [{ architecture: 'amd64', os: 'linux' }]]);
      await machine.ok('rm', 'origin');
      await forget(machine);
      await machine.ok('pull', '-q', `${name}:2`);
      equal(await machine.ok('inspect', '-f', '{{.Id}} {{.Author}} {{.Comment}}', `${name}:2`), `${id} somebody said`);
      equal(await machine.ok('run', '--net=none', '--rm', `${name}:2`), 'new');
      equal(await machine.ok('run', '--net=none', '--rm', `${name}:2`, 'sh', '-c', 'echo $A; stat -c %a /etc/folder; ls /etc/protocols 2>/dev/null || echo gone'), 'B\n700\ngone');
      expectEnd('what is not there', await machine.docker('push', `${REGISTRY}/none`), { code: 1, stderr: /An image does not exist locally with the tag: 127\.0\.0\.1:5917\/none/ });
      expectEnd('a tag that is not there', await machine.docker('push', `${name}:9`), { code: 1, stderr: /tag does not exist: 127\.0\.0\.1:5917\/pushed\/image:9/ });
      await forget(machine);
    }),
  },
  {
    title: 'a search asks the index of a registry and says when that cannot be reached',
    run: async (machine) => {
      prepareNames(machine);
      const found = [{ name: 'a/one', description: 'first', star_count: 9, is_official: true, is_automated: false }, { name: 'a/two', description: 'second', star_count: 1, is_official: false, is_automated: false }];
      const server = createServer((request, response) => response.writeHead(request.url?.startsWith('/v1/search?q=thing&n=') === true ? 200 : 404).end(JSON.stringify({ results: found })));
      await new Promise<void>((resolve) => void server.listen(SEARCH_PORT, '127.0.0.1', resolve));
      try {
        equal(await machine.ok('search', '--format', '{{.Name}} {{.Description}} {{.StarCount}} {{.IsOfficial}}', `127.0.0.1:${SEARCH_PORT}/thing`), 'a/one first 9 [OK]\na/two second 1 ');
        equal(await machine.ok('search', '--format', '{{.Name}}', '--filter', 'stars=5', `127.0.0.1:${SEARCH_PORT}/thing`), 'a/one');
        equal(await machine.ok('search', '--format', '{{.Name}}', '--filter', 'is-official=false', `127.0.0.1:${SEARCH_PORT}/thing`), 'a/two');
      } finally {
        server.closeAllConnections();
        server.close();
      }
      expectEnd('no index there', await machine.docker('search', 'thing'), { code: 1, stderr: /asking the registry docker\.io failed.*index\.docker\.io/s });
    },
  },
];
