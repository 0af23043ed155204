// libcompose: build, volume, pause, rm, ps, env, kill, start, stop, restart, run, pull, events, API

import { runCommand } from '@drover/compose';
import { CancelSource } from '@drover/core';
import { createNodeHost } from '@drover/host-node';
import { deepEqual, equal, match, ok } from '@drover/testing';
import { eventually } from '../../../eventually.ts';
import type { ComposeTest } from './compose-test.ts';
import { lasting } from './compose-test.ts';

const DOCKERFILES = { 'compose.yaml': 'services:\n  one: {build: one}\n  two: {build: {context: ., dockerfile: two/Dockerfile}}\n', 'one/Dockerfile': 'FROM busybox\nCMD ["echo","one"]\n', 'two/Dockerfile': 'FROM busybox\nCMD ["echo","two"]\n' };
const state = (key: string): string => `{{.State.${key}}}`;

export const lifeTests: readonly ComposeTest[] = [
  {
    title: 'build makes an image for each service',
    libcompose: ['build_test.go: TestBuild'],
    run: async (machine) => {
      await machine.ok(['build'], { files: DOCKERFILES });
      deepEqual(['one', 'two'].map((name) => machine.inspect(`${machine.project}-${name}`, '{{json .Config.Cmd}}')), ['["echo","one"]', '["echo","two"]']);
    },
  },
  {
    title: 'build uses what it has built before, and with --no-cache does not',
    libcompose: ['build_test.go: TestBuildWithNoCache1', 'build_test.go: TestBuildWithNoCache2', 'build_test.go: TestBuildWithNoCache3'],
    run: async (machine) => {
      const files = { 'compose.yaml': 'services: {one: {build: .}}\n', Dockerfile: 'FROM busybox\nRUN touch /made\n' };
      const id = (): string => machine.inspect(`${machine.project}-one`, '{{.Id}}');
      await machine.ok(['build'], { files });
      const first = id();
      await machine.ok(['build']);
      equal(id(), first);
      await machine.ok(['build', '--no-cache']);
      ok(id() !== first);
    },
  },
  {
    title: 'build arguments take the place of defaults, and .dockerignore keeps files out',
    libcompose: ['build_test.go: TestBuildWithArgs'],
    run: async (machine) => {
      await machine.ok(['build'], {
        files: { 'compose.yaml': 'services: {one: {build: {context: ., args: {buildno: 1}}}}\n', Dockerfile: 'FROM busybox\nARG buildno=0\nCOPY . /context\nRUN echo "buildno is $buildno" >/text && ls /context >>/text\n', '.dockerignore': 'secret*\n!secret.ok\n', 'secret.txt': '', 'secret.ok': '' },
      });
      equal(machine.docker('run', '--rm', `${machine.project}-one`, 'cat', '/text').out, 'buildno is 1\nDockerfile\ncompose.yaml\nsecret.ok\n');
    },
  },
  {
    title: 'up --build makes a new container only when the image has become another one',
    run: async (machine) => {
      const files = (text: string): Record<string, string> => ({ 'compose.yaml': `services: {one: {build: ., stop_signal: SIGKILL}}\n`, Dockerfile: `FROM busybox\nENV TEXT=${text}\nCMD ["sleep","1000"]\n` });
      await machine.ok(['up', '-d', '--build'], { files: files('a') });
      const first = machine.id('one');
      await machine.ok(['up', '-d', '--build']);
      equal(machine.id('one'), first);
      await machine.ok(['up', '-d', '--build', '-t', '0'], { files: files('b') });
      ok(machine.id('one') !== first);
      match(machine.inspect(machine.name('one'), '{{json .Config.Env}}'), /TEXT=b/);
    },
  },
  {
    title: 'a Dockerfile in the compose file is built',
    run: async (machine) => {
      await machine.ok(['build'], { files: { 'compose.yaml': 'services:\n  one:\n    build:\n      context: .\n      dockerfile_inline: |\n        FROM busybox\n        CMD ["echo","inline"]\n' } });
      equal(machine.inspect(`${machine.project}-one`, '{{json .Config.Cmd}}'), '["echo","inline"]');
    },
  },
  {
    title: 'volumes_from names a service, also one with a container_name',
    libcompose: ['volume_test.go: TestVolumeFromService', 'volume_test.go: TestVolumeFromServiceWithContainerName'],
    run: async (machine) => {
      await machine.up(`services:\n  first: ${lasting('container_name: holder, volumes: ["/held"]')}\n  second: ${lasting('volumes_from: [first]')}\n  third: ${lasting('volumes_from: ["second:ro"]')}\n`);
      deepEqual(['second', 'third'].map((name) => machine.inspect(machine.name(name), '{{json .HostConfig.VolumesFrom}}')), ['["holder"]', `["${machine.name('second')}:ro"]`]);
      ok(machine.inspect(machine.name('third'), '{{json .Mounts}}').includes('"/held"'));
    },
  },
  {
    title: 'a relative path is one of the project, a name is a volume of the project',
    libcompose: ['volume_test.go: TestRelativeVolume', 'volume_test.go: TestNamedVolume', 'volume_test.go: TestV2Volume', 'api_test.go: TestVolumeWithoutComposeFile'],
    run: async (machine) => {
      await machine.up(`services: {a: ${lasting('volumes: [".:/here", "test:/test", "own:/own"]')}}\nvolumes: {test: , own: {name: own-name}}\n`);
      const source = (target: string, key: string): string => machine.inspect(machine.name('a'), `{{range .Mounts}}{{if eq .Destination "${target}"}}{{.${key}}}{{end}}{{end}}`);
      deepEqual([source('/here', 'Source'), source('/test', 'Name'), source('/own', 'Name')], [machine.path('.').replace(/\/$/, ''), `${machine.project}_test`, 'own-name']);
    },
  },
  {
    title: 'secrets and configs are in the container, from files, variables and the compose file',
    run: async (machine) => {
      await machine.ok(['up', '-d'], {
        environment: { TOKEN: 'from-variable' },
        files: { 'compose.yaml': `services: {a: ${lasting('secrets: [file, token], configs: [{source: text, target: /etc/text.conf}]')}}\nsecrets: {file: {file: ./s.txt}, token: {environment: TOKEN}}\nconfigs: {text: {content: "a=1"}}\n`, 's.txt': 'from-file' },
      });
      const read = (path: string): string => machine.docker('exec', machine.name('a'), 'cat', path).out;
      deepEqual([read('/run/secrets/file'), read('/run/secrets/token'), read('/etc/text.conf')], ['from-file', 'from-variable', 'a=1']);
    },
  },
  ...(['pause', 'unpause'] as const).map((verb): ComposeTest => ({
    title: `${verb} does what it says, twice with the same outcome`,
    libcompose: verb === 'pause' ? ['pause_unpause_test.go: TestPause', 'pause_unpause_test.go: TestPauseAlreadyPausedService'] : ['pause_unpause_test.go: TestUnpause', 'pause_unpause_test.go: TestUnpauseNotPausedService'],
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting()}}\n`);
      if (verb === 'unpause') await machine.ok(['pause']);
      for (let i = 0; i < 2; i += 1) {
        await machine.ok([verb]);
        equal(machine.inspect(machine.name('hello'), `${state('Running')} ${state('Paused')}`), `true ${verb === 'pause'}`);
      }
    },
  })),
  {
    title: 'rm removes what is stopped, and nothing that runs; with -v its anonymous volumes, too',
    libcompose: ['rm_test.go: TestDelete', 'rm_test.go: TestDeleteOnlyRemovesStopped', 'rm_test.go: TestDeleteWithVol'],
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting('volumes: ["/v"]')}, done: ${lasting('volumes: ["/v"]')}}\n`);
      await machine.ok(['stop', '-t', '0', 'done']);
      await machine.ok(['rm', '-f', '-v']);
      deepEqual(['hello', 'done'].map((name) => machine.exists(machine.name(name))), [true, false]);
      equal(machine.docker('volume', 'ls', '-q').out.trim().split('\n').length, 1);
    },
  },
  {
    title: 'ps shows name, command, state and ports; -q ids',
    libcompose: ['ps_test.go: TestPs', 'ps_test.go: TestPsQuiet'],
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting('ports: ["8997:80"]')}}\n`);
      const { out } = await machine.ok(['ps']);
      match(out, /^NAME +IMAGE +COMMAND +SERVICE +CREATED +STATUS +PORTS\np\d+-hello-1 +busybox +"sleep 100000" +hello +.* ago +Up .* +0\.0\.0\.0:8997->80\/tcp/);
      equal((await machine.ok(['ps', '-q'])).out, `${machine.id('hello')}\n`);
    },
  },
  {
    title: 'variables of .env are in labels; each container has the labels it is found by',
    libcompose: ['env_test.go: TestProjectEnvironment', 'env_test.go: TestLabels'],
    run: async (machine) => {
      await machine.ok(['create'], { files: { '.env': 'LEGACY=label\n', 'compose.yaml': 'services: {a: {image: busybox, labels: {legacy: "${LEGACY}"}}}\n' } });
      const labels = JSON.parse(machine.inspect(machine.name('a'), '{{json .Config.Labels}}')) as Record<string, string>;
      equal(labels['legacy'], 'label');
      deepEqual([labels['com.docker.compose.project'], labels['com.docker.compose.service'], labels['com.docker.compose.container-number'], labels['com.docker.compose.oneoff'], labels['com.docker.compose.project.working_dir'], labels['com.docker.compose.project.config_files']],
        [machine.project, 'a', '1', 'False', machine.path('.').replace(/\/$/, ''), machine.path('compose.yaml')]);
    },
  },
  {
    title: 'kill, start, stop and restart do what they say',
    libcompose: ['kill_test.go: TestKill', 'start_test.go: TestStart', 'stop_test.go: TestStop', 'restart_test.go: TestRestart'],
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting()}}\n`);
      const status = (): string => machine.inspect(machine.name('hello'), state('Status'));
      const startedAt = (): string => machine.inspect(machine.name('hello'), state('StartedAt'));
      await machine.ok(['kill']);
      await eventually('it is killed', 10_000, () => status() === 'exited');
      await machine.ok(['start']);
      equal(status(), 'running');
      const before = startedAt();
      await machine.ok(['restart', '-t', '0']);
      ok(startedAt() !== before);
      await machine.ok(['stop', '-t', '0']);
      equal(status(), 'exited');
    },
  },
  {
    title: 'stop goes from those that depend to those that are depended on',
    run: async (machine) => {
      await machine.up(`services: {a: ${lasting('depends_on: [b]')}, b: ${lasting()}}\n`);
      await machine.ok(['stop', '-t', '0']);
      const ended = (name: string): string => machine.inspect(machine.name(name), state('FinishedAt'));
      ok(ended('a') < ended('b'));
    },
  },
  {
    title: 'run gives the output and the exit code of a command in a container of its own',
    run: async (machine) => {
      const files = { 'compose.yaml': `services: {hello: {image: busybox, tty: true, ports: ["8996:80"], depends_on: [db]}, db: ${lasting()}}\n` };
      const { out } = await machine.ok(['run', '--rm', 'hello', 'echo', 'test'], { files });
      match(out, /test\r?\n$/);
      equal((await machine.run(['run', '--rm', '-T', '-e', 'CODE=7', 'hello', 'sh', '-c', 'exit $CODE'])).code, 7);
      equal(machine.inspect(machine.name('db'), state('Running')), 'true');
      ok(!machine.exists(machine.name('hello')));
    },
  },
  {
    title: 'exec, top and port look into a running container',
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting('ports: ["8995:80"]')}}\n`);
      equal((await machine.ok(['exec', '-T', 'hello', 'echo', 'a', '-b'])).out, 'a -b\n');
      equal((await machine.run(['exec', '-T', 'hello', 'sh', '-c', 'exit 3'])).code, 3);
      match((await machine.ok(['top'])).out, /sleep 100000/);
      equal((await machine.ok(['port', 'hello', '80'])).out, '0.0.0.0:8995\n');
    },
  },
  {
    title: 'logs shows what containers said, with their names',
    run: async (machine) => {
      await machine.up('services:\n  one: {image: busybox, command: echo first}\n  two: {image: busybox, command: [sh, -c, "echo second; echo wrong >&2"]}\n');
      await machine.ok(['wait', 'one', 'two']);
      const { out, err } = await eventually('both have spoken', 10_000, async () => {
        const logs = await machine.ok(['logs']);
        return logs.out.includes('second') && logs.out.includes('first') && logs;
      });
      deepEqual([out.split('\n').filter((line) => line !== '').sort(), err], [['one-1  | first', 'two-1  | second'], 'two-1  | wrong\n']);
    },
  },
  {
    title: 'pull of an image that nobody has says so',
    libcompose: ['pull_test.go: TestPull'],
    run: async (machine) => {
      const { code, err } = await machine.run(['pull'], { files: { 'compose.yaml': 'services: {a: {image: "127.0.0.1:1/nothing"}}\n' } });
      equal(code, 1);
      match(err, /127\.0\.0\.1:1/);
    },
  },
  {
    title: 'events tells what happens to the containers of the project',
    libcompose: ['api_event_test.go: TestEvents'],
    run: async (machine) => {
      machine.write({ 'compose.yaml': `services: {hello: ${lasting()}}\n` });
      const cancel = new CancelSource();
      const host = createNodeHost();
      let out = '';
      const listening = runCommand({
        host: { ...host, processes: Object.assign(Object.create(host.processes) as typeof host.processes, { environment: () => [`DOCKER_HOST=unix://${machine.socket}`] }) },
        args: ['-p', machine.project, 'events', '--json'], folder: machine.path('.'), out: (text) => (out += text), err: (text) => (out += text), readInput: () => Promise.resolve(''), cancel,
      });
      await eventually('create and start are told', 20_000, async () => {
        await machine.ok(['up', '-d', '--force-recreate', '-t', '0']);
        return /"action":"create"[^]*"action":"start"/.test(out);
      });
      cancel.cancel();
      equal(await listening, 0);
    },
  },
  {
    title: 'a project of Docker Compose is taken over without a new container, and the other way round',
    needsDockerCompose: true,
    run: async (machine) => {
      const files = { 'compose.yaml': `services:\n  web: ${lasting('depends_on: [db], ports: ["8994:80"], volumes: ["data:/data", "/anon"], environment: {A: 1}, env_file: a.env, networks: {default: {aliases: [x]}, back: {}}')}\n  db: ${lasting('healthcheck: {test: "true", interval: 1s}')}\nnetworks: {back: }\nvolumes: {data: }\n`, 'a.env': 'FROM=file\n' };
      machine.write(files);
      equal(machine.dockerCompose('up', '-d').code, 0);
      const ids = (): string[] => ['web', 'db'].map((name) => machine.id(name));
      const before = ids();
      equal((await machine.ok(['--dry-run', 'up', '-d'])).out, '');
      await machine.ok(['up', '-d']);
      deepEqual(ids(), before);
      await machine.ok(['up', '-d', '--force-recreate', '-t', '0']);
      const ours = ids();
      ok(ours[0] !== before[0]);
      const again = machine.dockerCompose('up', '-d');
      equal(again.code, 0);
      deepEqual(ids(), ours);
      equal(machine.dockerCompose('down', '-v', '-t', '0').code, 0);
      equal(machine.docker('ps', '-aq').out, '');
    },
  },
];
