// libcompose: up_test.go, down_test.go, scale_test.go

import { deepEqual, equal, match, ok } from '@drover/testing';
import type { ComposeTest } from './compose-test.ts';
import { lasting } from './compose-test.ts';

const running = '{{.State.Running}}';

export const upTests: readonly ComposeTest[] = [
  {
    title: 'up runs what is in the file',
    libcompose: ['up_test.go: TestUp'],
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting()}}\n`);
      equal(machine.inspect(machine.name('hello'), `${running} {{.Name}}`), `true /${machine.name('hello')}`);
    },
  },
  {
    title: 'up of a service that is not there is refused, and makes nothing',
    libcompose: ['up_test.go: TestUpNotExistService'],
    run: async (machine) => {
      const { code, err } = await machine.run(['up', '-d', 'nonexistent'], { files: { 'compose.yaml': `services: {hello: ${lasting()}}\n` } });
      equal(code, 1);
      match(err, /no such service: nonexistent/);
      equal(machine.docker('ps', '-aq').out, '');
    },
  },
  {
    title: 'up of one service brings what it depends on, and nothing else',
    run: async (machine) => {
      await machine.up(`services: {a: ${lasting('depends_on: [b]')}, b: ${lasting()}, c: ${lasting()}}\n`, 'a');
      deepEqual(['a', 'b', 'c'].map((name) => machine.exists(machine.name(name))), [true, true, false]);
    },
  },
  {
    title: '--force-recreate makes a new container, --no-recreate keeps the old one with its labels',
    libcompose: ['up_test.go: TestRecreateForceRecreate', 'up_test.go: TestRecreateNoRecreate'],
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting('labels: {key: val}')}}\n`);
      const first = machine.id('hello');
      await machine.up(`services: {hello: ${lasting('labels: {key: changed}')}}\n`, '--no-recreate');
      equal(machine.id('hello'), first);
      equal(machine.inspect(first, '{{index .Config.Labels "key"}}'), 'val');
      await machine.up(`services: {hello: ${lasting('labels: {key: val}')}}\n`, '--force-recreate');
      ok(machine.id('hello') !== first);
      ok(!machine.exists(first));
    },
  },
  {
    title: 'a container is made anew when its configuration has changed, and only then',
    libcompose: ['up_test.go: TestRecreate'],
    run: async (machine) => {
      const ids: string[] = [];
      for (const keys of ['', '', 'labels: {a: b}', 'labels: {a: b}', '']) {
        await machine.up(`services: {hello: ${lasting(keys)}}\n`);
        ids.push(machine.id('hello'));
      }
      deepEqual(ids.map((id) => ids.indexOf(id)), [0, 0, 2, 2, 4]);
    },
  },
  {
    title: 'anonymous volumes go over to the new container, changed binds are the new ones',
    libcompose: ['up_test.go: TestRecreateVols'],
    run: async (machine) => {
      const text = (folder: string): string => `services: {hello: ${lasting(`volumes: ["/anonymous", "./${folder}:/bind"]`)}}\n`;
      const volume = (): string => machine.inspect(machine.name('hello'), '{{range .Mounts}}{{if eq .Destination "/anonymous"}}{{.Name}}{{end}}{{end}}');
      const bind = (): string => machine.inspect(machine.name('hello'), '{{range .Mounts}}{{if eq .Destination "/bind"}}{{.Source}}{{end}}{{end}}');
      await machine.up(text('one'));
      const before = volume();
      equal(bind(), machine.path('one'));
      await machine.up(text('two'));
      equal(volume(), before);
      equal(bind(), machine.path('two'));
      await machine.up(text('two'), '--force-recreate', '-V');
      ok(volume() !== before);
    },
  },
  {
    title: 'up works after the tag of its image was taken away, and keeps the container',
    libcompose: ['up_test.go: TestUpAfterImageTagDeleted'],
    run: async (machine) => {
      machine.docker('tag', 'busybox:latest', 'short-lived:latest');
      await machine.up('services: {hello: {image: short-lived, command: sleep 1000, stop_signal: SIGKILL}}\n');
      const before = machine.id('hello');
      machine.docker('rmi', 'short-lived:latest');
      await machine.ok(['up', '-d', '--pull', 'never']).catch(() => undefined);
      equal(machine.id('hello'), before);
    },
  },
  {
    title: 'a container is made anew when its image has become another one',
    libcompose: ['up_test.go: TestRecreateImageChanging'],
    run: async (machine) => {
      machine.docker('tag', 'busybox:latest', 'moving:latest');
      const text = 'services: {hello: {image: moving, command: sleep 1000, stop_signal: SIGKILL}}\n';
      await machine.up(text);
      const before = machine.id('hello');
      machine.docker('tag', 'busybox:other', 'moving:latest');
      await machine.up(text);
      ok(machine.id('hello') !== before);
    },
  },
  {
    title: 'a link gives three names, on the bridge of version 1',
    libcompose: ['up_test.go: TestLink'],
    run: async (machine) => {
      await machine.ok(['--compatibility', 'up', '-d'], { files: { 'compose.yaml': 'server: {image: busybox, command: sleep 1000, stop_signal: SIGKILL}\nclient: {image: busybox, command: sleep 1000, stop_signal: SIGKILL, links: ["server:foo"]}\n' } });
      const [server, client] = [`${machine.project}_server_1`, `${machine.project}_client_1`];
      const links = JSON.parse(machine.inspect(client, '{{json .HostConfig.Links}}')) as string[];
      deepEqual(links.sort(), [`/${server}:/${client}/foo`, `/${server}:/${client}/${server}`, `/${server}:/${client}/server`].sort());
    },
  },
  {
    title: 'up --no-build fails without the image, and works with it',
    libcompose: ['up_test.go: TestUpNoBuildFailIfImageNotPresent', 'up_test.go: TestUpNoBuildShouldWorkIfImageIsPresent'],
    run: async (machine) => {
      const files = { 'compose.yaml': `services: {one: {build: one, command: sleep 1000, stop_signal: SIGKILL}}\n`, 'one/Dockerfile': 'FROM busybox\n' };
      const { code, err } = await machine.run(['up', '-d', '--no-build'], { files });
      equal(code, 1);
      match(err, /there is no image .*-one/);
      await machine.ok(['build']);
      await machine.ok(['up', '-d', '--no-build']);
      equal(machine.inspect(machine.name('one'), running), 'true');
    },
  },
  {
    title: 'a service waits until what it depends on is healthy, or has completed',
    run: async (machine) => {
      await machine.up(`services:
  web: ${lasting('depends_on: {db: {condition: service_healthy}, job: {condition: service_completed_successfully}}')}
  db: ${lasting('healthcheck: {test: "test -e /ready", interval: 300ms}')}
  job: {image: busybox, command: 'sh -c "sleep 1"', volumes: ["shared:/shared"]}
volumes: {shared: }
`.replace('sleep 100000, stop_signal: SIGKILL, healthcheck', `[sh, -c, "sleep 1; touch /ready; sleep 1000"], stop_signal: SIGKILL, healthcheck`));
      const started = (name: string): number => Date.parse(machine.inspect(machine.name(name), '{{.State.StartedAt}}'));
      ok(started('web') >= Date.parse(machine.inspect(machine.name('job'), '{{.State.FinishedAt}}')));
      ok(started('web') - started('db') > 1000);
    },
  },
  {
    title: 'what waits for a job that fails is not started; the rest is',
    run: async (machine) => {
      const { code, err } = await machine.run(['up', '-d'], { files: { 'compose.yaml': `services:\n  web: ${lasting('depends_on: {job: {condition: service_completed_successfully}}')}\n  job: {image: busybox, command: "false"}\n  other: ${lasting()}\n` } });
      equal(code, 1);
      match(err, /service ".*job.*" didn't complete successfully: exit 1/);
      deepEqual(['web', 'other'].map((name) => machine.inspect(machine.name(name), '{{.State.Status}}')), ['created', 'running']);
    },
  },
  {
    title: 'down removes containers and networks, and leaves what other projects have',
    libcompose: ['down_test.go: TestDown'],
    run: async (machine) => {
      machine.docker('run', '-d', '--name', 'stranger', 'busybox', 'sleep', '1000');
      await machine.up(`services: {a: ${lasting()}, b: ${lasting()}}\n`);
      await machine.ok(['down', '-t', '0']);
      equal(machine.docker('ps', '-a', '--format', '{{.Names}}').out.trim(), 'stranger');
      equal(machine.docker('network', 'ls', '--filter', `label=com.docker.compose.project=${machine.project}`, '-q').out, '');
    },
  },
  {
    title: 'down takes scaled services down, and with --remove-orphans those that are not in the file any more',
    libcompose: ['down_test.go: TestDownMultiple'],
    run: async (machine) => {
      await machine.up(`services: {a: ${lasting('scale: 3')}, gone: ${lasting()}}\n`);
      equal(machine.docker('ps', '-q').out.trim().split('\n').length, 4);
      machine.write({ 'compose.yaml': `services: {a: ${lasting()}}\n` });
      await machine.ok(['down', '-t', '0', '--remove-orphans']);
      equal(machine.docker('ps', '-aq').out, '');
    },
  },
  {
    title: 'scale makes containers and takes them away again',
    libcompose: ['scale_test.go: TestScale'],
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting()}}\n`);
      const first = machine.id('hello');
      await machine.ok(['scale', 'hello=2']);
      equal(machine.inspect(machine.name('hello', 2), running), 'true');
      await machine.ok(['scale', 'hello=1', '-t', '0']);
      equal(machine.id('hello'), first);
      ok(!machine.exists(machine.name('hello', 2)));
    },
  },
  {
    title: 'two containers that want one port of the machine: the second is told about',
    libcompose: ['scale_test.go: TestScaleWithHostPortWarning'],
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting('ports: ["8999:80"]')}}\n`);
      const { code, err } = await machine.run(['scale', 'hello=2']);
      equal(code, 1);
      match(err, /8999.*(already allocated|in use)/);
    },
  },
  {
    title: 'orphans are told about, and removed on demand',
    run: async (machine) => {
      await machine.up(`services: {a: ${lasting()}, gone: ${lasting()}}\n`);
      const { err } = await machine.up(`services: {a: ${lasting()}}\n`);
      match(err, /Found orphan containers \(p\d+-gone-1\)/);
      await machine.up(`services: {a: ${lasting()}}\n`, '--remove-orphans');
      ok(!machine.exists(machine.name('gone')));
    },
  },
];
