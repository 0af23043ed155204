// What rcompose is to a terminal, to a registry and to an engine over the network.

import { randomBytes } from 'node:crypto';
import { deepEqual, equal, match, ok } from '@drover/testing';
import { eventually } from '../../../eventually.ts';
import type { ComposeTest } from './compose-test.ts';
import { lasting } from './compose-test.ts';

/** A registry that only listens to me:secret, and has nothing. Prints its port, then what it is told. */
const REGISTRY = `require('http').createServer((request, response) => {
  const [, login] = (request.headers.authorization ?? '').split(' ');
  console.log(request.method + ' ' + request.url + ' ' + (login === undefined ? 'nobody' : Buffer.from(login, 'base64')));
  if (login === undefined) response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' });
  else response.writeHead(request.url === '/v2/' ? 200 : 404);
  response.end();
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

/** An older engine gives the terminal its size when the command runs already. */
const ON_TERMINAL = `tty
for i in 1 2 3 4 5 6 7 8 9 10; do
  size=$(stty size 2>&1)
  [ "$size" = "33 77" ] && break
  sleep 1
done
echo "$size"
read word
echo "got $word"
exit 5
`;

const HELPER = '#!/bin/sh\n[ "$1" = get ] && server=$(cat) && echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"me\\",\\"Secret\\":\\"of the helper\\"}"\n';

export const engineTests: readonly ComposeTest[] = [
  {
    title: 'run on a terminal gives the command a terminal of the same size, with what is typed',
    libcompose: ['run_test.go: TestRun'],
    run: async (machine) => {
      const files = { 'compose.yaml': 'services: {hello: {image: busybox, volumes: ["./:/here"]}}\n', 'on-terminal.sh': ON_TERMINAL };
      const { code, out } = machine.shell('script -qec "stty rows 33 cols 77; $RCOMPOSE run --rm hello sh /here/on-terminal.sh" /dev/null', { files, input: 'typed\n' });
      match(out.toString(), /\/dev\/(pts\/\d+|console)\r+\n[^]*33 77\r+\n[^]*got typed\r+\n/);
      equal(code, 5);
      await Promise.resolve();
    },
  },
  {
    title: 'exec on a terminal has a terminal, in a pipe it has none',
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting()}}\n`);
      match(machine.shell('script -qec "$RCOMPOSE exec hello tty" /dev/null').out.toString(), /\/dev\/pts\/\d+\r+\n/);
      equal(machine.shell('$RCOMPOSE exec hello tty | cat').out.toString(), 'not a tty\n');
    },
  },
  {
    title: 'bytes go through exec and run as they are, and the end of the input is told',
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting()}}\n`);
      const bytes = randomBytes(300_000);
      ok(machine.shell('$RCOMPOSE exec -T hello cat', { input: bytes }).out.equals(bytes), 'exec changed them');
      ok(machine.shell('$RCOMPOSE run --rm -T --no-deps hello cat', { input: bytes }).out.equals(bytes), 'run changed them');
      // A command that does not want to read it all.
      equal(machine.shell('$RCOMPOSE exec -T hello head -c 3', { input: bytes }).out.length, 3);
    },
  },
  {
    title: 'an engine is reached over TCP with certificates, and not without',
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting()}}\n`);
      const environment = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: machine.certificates };
      for (const name of ['127.0.0.1', 'localhost']) {
        deepEqual(machine.shell('$RCOMPOSE ps -q', { environment: { ...environment, DOCKER_HOST: `tcp://${name}:2376` } }), { code: 0, out: Buffer.from(`${machine.id('hello')}\n`), err: '' });
      }
      const { code, err } = machine.shell('$RCOMPOSE ps -q', { environment: { DOCKER_TLS: '1', DOCKER_CERT_PATH: machine.path('nothing'), DOCKER_HOST: 'tcp://127.0.0.1:2376' } });
      equal(code, 1);
      match(err, /certificate|alert/i);
    },
  },
  ...([['in the file', 'secret', { auths: { REGISTRY: { auth: Buffer.from('me:secret').toString('base64') } } }], ['from a credential helper', 'of the helper', { credHelpers: { REGISTRY: 'test' } }]] as const).map(([from, secret, config]): ComposeTest => ({
    title: `a registry that needs a login gets the one of docker login: ${from}`,
    run: async (machine) => {
      const registry = machine.startInNetwork([process.execPath, '-e', REGISTRY]);
      try {
        let told = '';
        registry.stdout!.on('data', (chunk: Buffer) => (told += chunk.toString()));
        const port = await eventually('the registry listens', 20_000, () => /^(\d+)\n/.exec(told)?.[1]);
        const files = {
          'compose.yaml': `services: {a: {image: "127.0.0.1:${port}/private/app"}}\n`,
          '.docker/config.json': JSON.stringify(config).replace('REGISTRY', `127.0.0.1:${port}`),
          'bin/docker-credential-test': HELPER,
        };
        machine.write(files);
        const { code } = machine.shell('chmod +x bin/docker-credential-test; PATH="$PWD/bin:$PATH" $RCOMPOSE pull');
        equal(code, 1);
        await eventually('the engine asked with the login', 20_000, () => told.includes(`/v2/private/app/manifests/latest me:${secret}\n`));
      } finally {
        registry.kill('SIGKILL');
      }
    },
  })),
  {
    title: 'hooks run in the container: after its start, and before it is stopped',
    run: async (machine) => {
      await machine.up(`services:\n  db: ${lasting('volumes: ["./out:/out"], post_start: [{command: [sh, -c, "echo $$NAME >>/out/log"], environment: {NAME: started}}], pre_stop: [{command: [sh, -c, "echo stopping >>/out/log"]}]')}\n`);
      equal(machine.docker('exec', machine.name('db'), 'cat', '/out/log').out, 'started\n');
      await machine.ok(['restart', '-t', '0']);
      equal(machine.docker('exec', machine.name('db'), 'cat', '/out/log').out, 'started\nstopping\nstarted\n');
      await machine.ok(['stop', '-t', '0']);
      equal(machine.shell('cat out/log').out.toString(), 'started\nstopping\nstarted\nstopping\n');
    },
  },
  {
    title: 'a post_start hook that fails makes up fail; a pre_stop hook that fails does not keep the container running',
    run: async (machine) => {
      const failing = await machine.run(['up', '-d'], { files: { 'compose.yaml': `services: {a: ${lasting('post_start: [{command: ["false"]}]')}}\n` } });
      equal(failing.code, 1);
      match(failing.err, /a post_start command of container .*-a-1 ended with 1: false/);
      await machine.ok(['down', '-t', '0']);
      await machine.up(`services: {a: ${lasting('pre_stop: [{command: ["false"]}]')}}\n`);
      equal((await machine.run(['stop', '-t', '0'])).code, 1);
      equal(machine.inspect(machine.name('a'), '{{.State.Status}}'), 'exited');
    },
  },
  {
    title: 'a build has target, labels, more tags, and its limits; what needs BuildKit is refused before anything is made',
    run: async (machine) => {
      await machine.ok(['build'], {
        files: {
          'compose.yaml': 'services: {one: {build: {context: ., target: first, labels: {mine: "1"}, tags: ["extra:tag"], network: none, ulimits: {nofile: 2000}, extra_hosts: ["a=192.0.2.1", "b=192.0.2.2"], cache_from: [busybox]}}}\n',
          Dockerfile: 'FROM busybox AS first\nRUN cat /etc/hosts >/hosts && sh -c "ulimit -n" >/limit\nFROM first\nRUN false\n',
        },
      });
      equal(machine.inspect('extra:tag', '{{index .Config.Labels "mine"}} {{index .Config.Labels "com.docker.compose.service"}}'), '1 one');
      equal(machine.inspect('extra:tag', '{{.Id}}'), machine.inspect(`${machine.project}-one`, '{{.Id}}'));
      match(machine.docker('run', '--rm', 'extra:tag', 'cat', '/hosts', '/limit').out, /192\.0\.2\.1\s+a\n192\.0\.2\.2\s+b\n[^]*2000\n/);
      const { code, err } = await machine.run(['up', '-d'], { files: { 'compose.yaml': 'services: {two: {build: {context: ., secrets: [s]}}}\nsecrets: {s: {file: ./x}}\n' } });
      equal(code, 1);
      match(err, /the build of the service two needs BuildKit, which is not spoken here: secrets/);
      machine.docker('rmi', 'extra:tag');
    },
  },
];
