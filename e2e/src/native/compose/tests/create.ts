// libcompose: create_test.go

import { equal, match, ok } from '@drover/testing';
import type { ComposeTest } from './compose-test.ts';
import { lasting } from './compose-test.ts';

/** create with this compose.yaml; its complaint. */
const refused = (name: string, title: string, text: string, wanted: RegExp, files: Readonly<Record<string, string>> = {}): ComposeTest => ({
  title,
  libcompose: [`create_test.go: ${name}`],
  run: async (machine) => {
    const { code, err } = await machine.run(['create'], { files: { ...files, 'compose.yaml': text } });
    equal(code, 1);
    match(err, wanted);
  },
});

/** Title, key, what docker inspect says of it, and the test of libcompose. */
const LIMITS: readonly (readonly [string, string, string, string])[] = [
  ['cpuset reaches the engine', 'cpuset: "0,1"', '{{.HostConfig.CpusetCpus}} 0,1', 'TestFields'],
  ['a memory limit in bytes reaches the engine', 'mem_limit: 41943040', '{{.HostConfig.Memory}} 41943040', 'TestFields'],
  ['a memory limit as text in bytes reaches the engine', 'mem_limit: "41943040"', '{{.HostConfig.Memory}} 41943040', 'TestFieldTypeConversions'],
  ['a memory limit with a unit reaches the engine', 'mem_limit: 40m', '{{.HostConfig.Memory}} 41943040', 'TestFieldTypeConversions'],
  ['an empty entrypoint is none', 'entrypoint: []', '{{len .Config.Entrypoint}} 0', 'TestEmptyEntrypoint'],
];

export const createTests: readonly ComposeTest[] = [
  ...LIMITS.map(([title, key, expected, name]): ComposeTest => ({
    title,
    libcompose: [`create_test.go: ${name}`],
    run: async (machine) => {
      await machine.ok(['create'], { files: { 'compose.yaml': `services:\n  test:\n    image: busybox\n    ${key}\n` } });
      const at = expected.lastIndexOf(' ');
      equal(machine.inspect(machine.name('test'), expected.slice(0, at)), expected.slice(at + 1));
    },
  })),
  {
    title: 'a container is called PROJECT-SERVICE-NUMBER, with underscores on demand',
    libcompose: ['create_test.go: TestHelloWorld'],
    run: async (machine) => {
      const files = { 'compose.yaml': 'services: {hello: {image: busybox}}\n' };
      await machine.ok(['create'], { files });
      ok(machine.exists(`${machine.project}-hello-1`));
      await machine.ok(['rm', '-f']);
      await machine.ok(['--compatibility', 'create'], { files });
      ok(machine.exists(`${machine.project}_hello_1`));
    },
  },
  {
    title: 'a container_name is kept, and such a service has one container only',
    libcompose: ['create_test.go: TestContainerName', 'create_test.go: TestContainerNameWithScale'],
    run: async (machine) => {
      await machine.up(`services: {hello: ${lasting('container_name: named-by-me')}}\n`);
      ok(machine.exists('named-by-me'));
      const { code, err } = await machine.run(['scale', 'hello=2']);
      equal(code, 1);
      match(err, /cannot have 2 containers/);
    },
  },
  {
    title: 'variables stand in images and ports, also through extends of another file',
    libcompose: ['create_test.go: TestInterpolation', 'create_test.go: TestInterpolationWithExtends'],
    run: async (machine) => {
      await machine.ok(['create'], {
        environment: { IMAGE: 'busybox', TEST_PORT: '0' },
        files: { 'compose.yaml': 'services:\n  one: {image: $IMAGE}\n  two: {extends: {file: base.yaml, service: base}}\n', 'base.yaml': 'services: {base: {image: $IMAGE, ports: ["${TEST_PORT}:80"]}}\n' },
      });
      equal(machine.inspect(machine.name('one'), '{{.Config.Image}}'), 'busybox');
      equal(machine.inspect(machine.name('two'), '{{.Config.Image}} {{json .HostConfig.PortBindings}}'), 'busybox {"80/tcp":[{"HostIp":"","HostPort":"0"}]}');
    },
  },
  ...(['one', 'two'] as const).map((last): ComposeTest => ({
    title: `of two files the later one wins, and variables of both are set: ${last} last`,
    libcompose: [`create_test.go: ${last === 'two' ? 'TestMultipleComposeFiles' : 'TestMultipleComposeFilesReversed'}`],
    run: async (machine) => {
      const files = {
        'one.yaml': 'services: {multiple: {image: "busybox:latest", environment: {KEY1: VAL1, BOTH: one}}}\n',
        'two.yaml': 'services: {multiple: {image: "busybox:other", command: echo two, environment: {KEY2: VAL2, BOTH: two}}, other: {image: busybox}}\n',
      };
      const order = last === 'two' ? ['one.yaml', 'two.yaml'] : ['two.yaml', 'one.yaml'];
      await machine.ok([...order.flatMap((file) => ['-f', file]), 'create'], { files });
      const name = machine.name('multiple');
      equal(machine.inspect(name, '{{.Config.Image}} {{json .Config.Cmd}}'), `busybox:${last === 'two' ? 'other' : 'latest'} ["echo","two"]`);
      const env = machine.inspect(name, '{{json .Config.Env}}');
      for (const line of ['KEY1=VAL1', 'KEY2=VAL2', `BOTH=${last}`]) ok(env.includes(`"${line}"`), `${line} is not in ${env}`);
      ok(machine.exists(machine.name('other')));
    },
  })),
  {
    title: 'docker-compose.yml and its override are found without -f',
    libcompose: ['create_test.go: TestDefaultMultipleComposeFiles'],
    run: async (machine) => {
      await machine.ok(['create'], { files: { 'docker-compose.yml': 'services: {a: {image: busybox, command: echo a}}\n', 'docker-compose.override.yml': 'services: {a: {command: echo b}}\n' } });
      equal(machine.inspect(machine.name('a'), '{{json .Config.Cmd}}'), '["echo","b"]');
    },
  },
  refused('TestValidation', 'a text in place of an array is refused, in version 1', 'test:\n  image: busybox\n  ports: invalid_type\n', /Service 'test' configuration key 'ports' contains an invalid type, it should be an array\./),
  refused('TestValidationVersion2', 'a text in place of an array is refused, in version 2', 'version: "2"\nservices:\n  test:\n    image: busybox\n    ports: invalid_type\n', /Service 'test' configuration key 'ports' contains an invalid type, it should be an array\./),
  refused('TestValidation', 'an image and a build path are refused in version 1', 'test:\n  image: busybox\n  build: .\n', /Service 'test' has both an image and build path specified/),
  refused('TestValidationVersion2', 'an item that stands twice is refused in version 2', 'version: "2"\nservices:\n  test:\n    image: busybox\n    volumes_from: [a, a]\n    cap_add: [A, A]\n', /has non-unique elements/),
  refused('TestUnsupportedOption', 'a misspelt key is refused with what was meant', 'base:\n  image: busybox\n  privilege: true\n', /Unsupported config option for base service: 'privilege' \(did you mean 'privileged'\?\)/),
  refused('TestValidationWithExtends', 'a misspelt key is refused in an extended file, too', 'test:\n  extends: {file: base.yml, service: base}\n', /base\.yml:3:3: error: Unsupported config option for base service: 'privilege' \(did you mean 'privileged'\?\)/, { 'base.yml': 'base:\n  image: busybox\n  privilege: true\n' }),
];
