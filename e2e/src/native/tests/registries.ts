// Pulling from Debian's docker-registry on this machine, straight and through a proxy that breaks off, lies and hangs up.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import { deepEqual, equal, match } from '@drover/testing';
import { eventually } from '../../eventually.ts';
import { askReference, startReference } from '../differential/reference-engine.ts';
import type { NativeMachine } from '../native-machine.ts';
import { expectEnd } from './expect.ts';
import type { NativeTest } from './native-test.ts';

const REGISTRY_PORT = 5917;
const PROXY_PORT = 5918;
const REGISTRY = `127.0.0.1:${REGISTRY_PORT}`;
const PROXY = `127.0.0.1:${PROXY_PORT}`;
const START_LIMIT_MS = 10_000;

/** me:secret, in bcrypt. */
const PASSWORDS = 'me:$2b$05$Wqcc/9.XzP8TvSmKgQFznOLK0cwkV58JkjdNtrDpcB.05Yi2gg8YO\n';

/** $1 where to unpack it. Its package would start a service. */
const FIND_PROGRAM = `set -e
command -v docker-registry && exit
mkdir -p "$1"; cd "$1"
[ -x usr/bin/docker-registry ] || { apt-get download -q docker-registry >&2; dpkg-deb -x docker-registry_*.deb .; }
echo "$1/usr/bin/docker-registry"`;

function findProgram(machine: NativeMachine): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', FIND_PROGRAM, 'find', join(machine.state, '../../docker-registry')], { encoding: 'utf8' });
  if (status !== 0) throw new RosError('program-missing', `docker-registry could not be had: ${stderr.trim()}`, { hint: 'run apt-get update' });
  return stdout.trim();
}

/** Around a test; `login`: the registry asks for it. */
async function withRegistry(machine: NativeMachine, login: boolean, test: () => Promise<void>): Promise<void> {
  const folder = join(machine.state, '..', 'registry');
  mkdirSync(folder, { recursive: true });
  const auth = login ? `auth:\n  htpasswd:\n    realm: test\n    path: ${folder}/htpasswd\n` : '';
  writeFileSync(join(folder, 'htpasswd'), PASSWORDS);
  writeFileSync(join(folder, 'config.yml'), `version: 0.1\nlog: {level: error}\nstorage:\n  filesystem:\n    rootdirectory: ${folder}/data\nhttp:\n  addr: ${REGISTRY}\n${auth}`);
  const registry = spawn(findProgram(machine), ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  try {
    await eventually('the registry answers', START_LIMIT_MS, () => new Promise<boolean>((resolve) => {
      request({ host: '127.0.0.1', port: REGISTRY_PORT, path: '/v2/' }, (answer) => resolve(answer.resume().statusCode !== undefined)).on('error', () => resolve(false)).end();
    }), 50);
    await test();
  } finally {
    registry.kill('SIGKILL');
  }
}

/** An image that dockerd made, once: dockerd is in a network of its own, so the registry gets it by its API. */
async function fillRegistry(machine: NativeMachine): Promise<void> {
  if (existsSync(join(machine.state, '../registry/data/docker/registry/v2/repositories/test/made/_manifests/tags/list'))) return;
  await startReference(machine);
  const made = await askReference(machine, `docker rm -f made; docker run --name made $IMAGE sh -c 'mkdir /made; ln /etc/services /made/a; ln /etc/services /made/b; rm /etc/protocols' && docker commit made made:1 && docker save made:1 >/var/lib/docker/made.tar; docker rm -f made; docker rmi made:1`);
  equal(made.code, 0);
  const script = join(machine.state, '..', 'push.sh');
  writeFileSync(script, PUSH);
  const pushed = spawnSync('sh', [script, machine.path('/var/lib/docker/made.tar'), join(machine.state, '..', 'push'), `http://${REGISTRY}/v2/test/made`], { encoding: 'utf8' });
  equal(`${pushed.status ?? -1} ${pushed.stderr}`, '0 ');
}

/** $1 an archive of docker save, $2 a folder to work in, $3 the repository's address: layers are sent packed with gzip, as docker push does. */
const PUSH = `set -e
mkdir -p "$2"; tar -xf "$1" -C "$2"; cd "$2"
send() { # FILE
    digest=sha256:$(sha256sum <"$1" | cut -d' ' -f1)
    place=$(curl -sS -f -D - -o /dev/null -X POST "$3/blobs/uploads/" | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')
    case $place in *\\?*) place="$place&digest=$digest" ;; *) place="$place?digest=$digest" ;; esac
    curl -sS -f -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$1" "$place"
    printf '{"mediaType":"%s","digest":"%s","size":%s}' "$2" "$digest" "$(stat -c %s "$1")"
}
config=$(sed 's/.*"Config":"\\([^"]*\\)".*/\\1/' manifest.json)
layers=
for layer in $(sed 's/.*"Layers":\\[\\([^]]*\\)\\].*/\\1/; s/[",]/ /g' manifest.json); do
    gzip -c "$layer" >packed.gz
    layers="$layers\${layers:+,}$(send packed.gz application/vnd.docker.image.rootfs.diff.tar.gzip "$3")"
done
printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":%s,"layers":[%s]}' "$(send "$config" application/vnd.docker.container.image.v1+json "$3")" "$layers" >manifest
curl -sS -f -o /dev/null -X PUT -H 'Content-Type: application/vnd.docker.distribution.manifest.v2+json' --data-binary @manifest "$3/manifests/1"
printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json","manifests":[{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","digest":"sha256:%s","size":%s,"platform":{"architecture":"amd64","os":"linux"}}]}' "$(sha256sum <manifest | cut -d' ' -f1)" "$(stat -c %s manifest)" >list
curl -sS -f -o /dev/null -X PUT -H 'Content-Type: application/vnd.docker.distribution.manifest.list.v2+json' --data-binary @list "$3/manifests/list"
`;

/** Passes requests on; `change` may answer itself. */
async function withProxy(change: (asked: IncomingMessage, answer: IncomingMessage, response: ServerResponse) => boolean, test: () => Promise<void>): Promise<void> {
  const server: Server = createServer((asked, response) => {
    const passed = request({ host: '127.0.0.1', port: REGISTRY_PORT, path: asked.url, method: asked.method, headers: { ...asked.headers, host: PROXY } }, (answer) => {
      if (change(asked, answer, response)) return;
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    passed.end();
  });
  await new Promise<void>((resolve) => void server.listen(PROXY_PORT, '127.0.0.1', resolve));
  try {
    await test();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

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
    run: (machine) => withRegistry(machine, false, async () => {
      await fillRegistry(machine);
      const first = await machine.ok('pull', `${REGISTRY}/test/made:1`);
      match(first, /^1: Pulling from test\/made\n/);
      match(first, /Status: Downloaded newer image for 127\.0\.0\.1:5917\/test\/made:1/);
      equal(await machine.ok('run', '--rm', `${REGISTRY}/test/made:1`, 'sh', '-c', 'cmp /made/a /etc/services; stat -c %h /made/b; ls /etc/protocols 2>/dev/null || echo gone'), '3\ngone');
      match(await machine.ok('pull', `${REGISTRY}/test/made:1`), /Status: Image is up to date/);
      const digest = await machine.ok('inspect', '-f', '{{index .RepoDigests 0}}', `${REGISTRY}/test/made:1`);
      match(await machine.ok('pull', digest), /Status: Image is up to date for .*@sha256:/);
      match(await machine.ok('pull', `${REGISTRY}/test/made:list`), /Status: Downloaded newer image/);
      equal(await machine.ok('images', '-q', `${REGISTRY}/test/made`), (await machine.ok('inspect', '-f', '{{.Id}}', digest)).slice(7, 19).repeat(2).replace(/(.{12})/, '$1\n'));
      expectEnd('a tag that is not there', await machine.docker('pull', `${REGISTRY}/test/made:none`), { code: 1, stderr: 'Error response from daemon: manifest for 127.0.0.1:5917/test/made:none not found: manifest unknown: manifest unknown' });
      equal(await machine.ok('run', '--rm', '--pull', 'always', '-q', `${REGISTRY}/test/made:1`, 'echo', 'pulled'), 'pulled');
      await machine.ok('image', 'prune', '-af');
      deepEqual(readdirSync(join(machine.state, 'layers')), []);
    }),
  },
  {
    title: 'a download that breaks off goes on where it broke; one that is not what it should be is refused and leaves nothing',
    run: (machine) => withRegistry(machine, false, async () => {
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
      equal(await machine.ok('run', '--rm', `${PROXY}/test/made:1`, 'echo', 'whole'), 'whole');
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
      await withRegistry(machine, false, () => fillRegistry(machine));
      await withRegistry(machine, true, () => pullWithLogin(machine));
    },
  },
];
