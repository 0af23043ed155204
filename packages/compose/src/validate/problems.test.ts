// What a user is told about a file with mistakes.

import { renderProblem } from '@drover/core';
import { FakeFiles } from '@drover/host';
import { deepEqual, equal, ok, test } from '@drover/testing';
import type { LoadOptions, LoadResult } from '../load/load-project.ts';
import { loadProject } from '../load/load-project.ts';

function load(files: string | Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}): LoadResult {
  const tree = typeof files === 'string' ? { 'compose.yaml': files } : files;
  return loadProject({ files: new FakeFiles(Object.fromEntries(Object.entries(tree).map(([name, text]) => [`/p/${name}`, text]))) }, { folder: '/p', ...options });
}

/** Errors, one a line: `LINE:COLUMN message`. */
function errors(files: string | Readonly<Record<string, string>>, options?: Partial<LoadOptions>): string[] {
  return load(files, options).problems.filter((one) => one.severity === 'error').map((one) => `${one.line ?? '-'}:${one.column ?? '-'} ${one.message}`);
}

const service = (keys: string): string => `services:\n  test:\n    image: a\n    ${keys}\n`;

const TABLE: readonly (readonly [string, string, readonly string[]])[] = [
  ['an array is wanted', service('ports: "80"'), ["4:12 Service 'test' configuration key 'ports' contains an invalid type, it should be an array."]],
  ['a key is misspelt', 'services:\n  base: {image: a, privilege: true}\n', ["2:20 Unsupported config option for base service: 'privilege' (did you mean 'privileged'?)"]],
  ['a nested key is misspelt', service('deploy: {replica: 1}'), ["4:14 Unsupported config option for test service: 'deploy.replica' (did you mean 'replicas'?)"]],
  ['a top-level key is misspelt', 'service: {}\nservices: {a: {image: b}}\n', ["1:1 Unsupported top-level option: 'service' (did you mean 'services'?)"]],
  ['a number in place of text', service('hostname: 5'), ["4:15 Service 'test' configuration key 'hostname' contains an invalid type, it should be a string."]],
  ['text in place of a flag', service('tty: maybe'), ["4:10 Service 'test' configuration key 'tty' must be true or false, not \"maybe\""]],
  ['a list in place of a map', 'services: [a]\n', ["1:11 Top level key 'services' contains an invalid type, it should be an object."]],
  ['no size', service('mem_limit: lots'), ["4:16 Service 'test' configuration key 'mem_limit' must be a size, not \"lots\""]],
  ['no duration', service('stop_grace_period: 1 minute'), ["4:24 Service 'test' configuration key 'stop_grace_period' must be a duration, not \"1 minute\""]],
  ['no port', service('ports: ["80:eighty"]'), ["4:13 Service 'test' configuration key 'ports[0]': \"80:eighty\": eighty is no port"]],
  ['ranges of different lengths', service('ports: ["80-81:90-95"]'), ["4:13 Service 'test' configuration key 'ports[0]': \"80-81:90-95\": the two ranges of ports are not equally long"]],
  ['too many colons', service('volumes: ["/a:/b:ro:x"]'), ["4:15 Service 'test' configuration key 'volumes[0]': \"/a:/b:ro:x\": too many colons"]],
  ['a word that is none of the choices', service('pull_policy: sometimes'), ["4:18 Service 'test' configuration key 'pull_policy' must be one of always, never, if_not_present, build, missing, not \"sometimes\""]],
  ['neither image nor build', 'services:\n  test: {hostname: a}\n', ['2:3 service "test" has neither an image nor a build context specified']],
  ['an unknown network', service('networks: [n]'), ['4:16 service "test" refers to undefined network n']],
  ['an unknown volume', service('volumes: ["data:/d"]'), ['4:5 service "test" refers to undefined volume data']],
  ['an unknown dependency', service('depends_on: [db]'), ['4:18 service "test" depends on undefined service "db"']],
  ['two that exclude each other', service('network_mode: host\n    networks: [default]'), ['4:5 service test declares mutually exclusive `network_mode` and `networks`']],
  ['a name for several containers', service('container_name: x\n    scale: 2'), ["4:5 services.scale: can't set container_name and test as container name must be unique"]],
  ['a required key of a long form', service('volumes: [{source: x, target: /y}]'), ['4:15 services.test.volumes.0: type is required']],
  ['a cycle', 'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, links: [a]}\n', ['2:17 dependency cycle detected: a -> b -> c -> a']],
  ['a key that stands twice', 'services:\n  a: {image: x}\n  a: {image: y}\n', ['3:3 the key "a" stands here a second time, and the one of line 2 is not used']],
  ['no YAML', 'services:\n  a: [\n', ['2:6 this [ is never closed']],
  ['a secret without a source', 'services: {a: {image: x}}\nsecrets: {s: {labels: {a: b}}}\n', ['2:11 secrets.s: one of file|environment must be set']],
  ['an extended service that is not there', service('extends: gone'), ['4:14 cannot extend service "test" in /p/compose.yaml: service "gone" not found']],
  ['services that extend each other', 'services:\n  a: {extends: b, image: x}\n  b: {extends: a, image: x}\n', [
    '3:16 Circular reference: a in /p/compose.yaml extends b in /p/compose.yaml extends a in /p/compose.yaml', '2:16 Circular reference: b in /p/compose.yaml extends a in /p/compose.yaml extends b in /p/compose.yaml',
  ]],
  ['a variable that is required', service('hostname: ${HOST:?name it}'), ['4:15 required variable HOST is missing a value: name it']],
  ['no variable', service('hostname: ${HOST'), ['4:15 invalid interpolation format "${HOST"']],
];

for (const [title, text, expected] of TABLE) test(`a compose file's mistake has its place: ${title}`, () => deepEqual(errors(text), expected));

test('all mistakes of a file are told at once, each with a hint where there is one', () => {
  const { project, problems } = load('services:\n  a: {image: 5, prots: []}\n  b: {hostname: x}\nvolume: {}\n');
  equal(project, undefined);
  equal(problems.map(renderProblem).join('\n'), [
    `/p/compose.yaml:2:14: error: Service 'a' configuration key 'image' contains an invalid type, it should be a string. (services.a.image)\n  hint: put "5" in quotes`,
    `/p/compose.yaml:2:17: error: Unsupported config option for a service: 'prots' (did you mean 'ports'?) (services.a.prots)`,
    `/p/compose.yaml:4:1: error: Unsupported top-level option: 'volume' (did you mean 'volumes'?)`,
    `/p/compose.yaml:2:3: error: service "a" has neither an image nor a build context specified (services.a)\n  hint: give it image or build`,
    `/p/compose.yaml:3:3: error: service "b" has neither an image nor a build context specified (services.b)\n  hint: give it image or build`,
  ].join('\n'));
});

test('in the lenient mode a bad service is left out, and the others make a project', () => {
  const { project, problems } = load('services:\n  good: {image: a}\n  bad: {image: a, ports: x}\n  odd: {}\n', { lenient: true });
  deepEqual(Object.keys(project?.services ?? {}), ['good']);
  deepEqual(problems.map((one) => one.service), ['bad', 'odd']);
});

test('the lenient mode does not overlook a file that cannot be read at all', () => {
  equal(load('services: [', { lenient: true }).project, undefined);
});

test('a file of version 1 is a map of services, on the bridge, with the old names of keys', () => {
  const { project, problems } = load('web:\n  build: ./dir\n  dockerfile: D\n  net: host\n  links: [db]\n  log_driver: syslog\n  log_opt: {a: b}\ndb:\n  image: b\nother:\n  image: c\n  net: "container:db"\n');
  deepEqual(problems, []);
  const { web, db, other } = project!.services as Readonly<Record<string, Record<string, unknown>>>;
  deepEqual(web!['build'], { context: '/p/dir', dockerfile: 'D' });
  deepEqual([web!['network_mode'], db!['network_mode'], other!['network_mode']], ['host', 'bridge', 'service:db']);
  deepEqual(web!['logging'], { driver: 'syslog', options: { a: 'b' } });
});

test('version 1 does not let a service have both an image and a build path', () => {
  deepEqual(errors('web:\n  image: a\n  build: .\n'), ["2:3 Service 'web' has both an image and build path specified. A service can either be built to image or use an existing image, not both."]);
});

test('in versions 1 and 2 an item cannot stand twice in a list; later ones take it once', () => {
  const text = (version: string): string => `version: "${version}"\nservices:\n  test: {image: a, cap_add: [A, A]}\n`;
  deepEqual(errors(text('2')), ["3:29 Service 'test' configuration key 'cap_add' value [A A] has non-unique elements"]);
  deepEqual(load(text('3.8')).project?.services['test']?.cap_add, ['A']);
});

test('a mistake in an extended file is told with that file', () => {
  const [problem] = load({ 'compose.yaml': 'services: {web: {extends: {file: b.yaml, service: base}}}\n', 'b.yaml': 'services:\n  base:\n    image: a\n    privilege: true\n' }).problems;
  equal(renderProblem(problem!), "/p/b.yaml:4:5: error: Unsupported config option for base service: 'privilege' (did you mean 'privileged'?) (services.base.privilege)");
});

test('files that include each other are told', () => {
  const [problem] = load({ 'compose.yaml': 'include: [b.yaml]\nservices: {a: {image: x}}\n', 'b.yaml': 'include: [compose.yaml]\nservices: {b: {image: x}}\n' }).problems;
  equal(problem!.message, 'include cycle detected: /p/compose.yaml includes /p/b.yaml includes /p/compose.yaml');
});

test('a service that both a file and its include define is told', () => {
  const [problem] = load({ 'compose.yaml': 'include: [b.yaml]\nservices: {a: {image: x}}\n', 'b.yaml': 'services: {a: {image: y}}\n' }).problems;
  equal(problem!.message, 'services.a conflicts with imported resource');
});

test('a file that is not there is told with the place that names it', () => {
  const [problem] = load('include: [gone.yaml]\nservices: {a: {image: x}}\n').problems;
  equal(renderProblem(problem!), '/p/compose.yaml:1:11: error: /p/gone.yaml: there is no such file');
});

test('a folder without a compose file says what to do', () => {
  const { problems } = load({});
  equal(renderProblem(problems[0]!), '/p: error: no configuration file provided: not found\n  hint: name one with -f, or go to a folder with compose.yaml');
});

test('anchors that multiply end at a limit, in no time', () => {
  const level = (name: string, of: string): string => `x-${name}: &${name} [${Array.from({ length: 10 }, () => `*${of}`).join(', ')}]`;
  const bomb = ['x-a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]', level('b', 'a'), level('c', 'b'), level('d', 'c'), level('e', 'd'), 'services: {a: {image: x}}', ''].join('\n');
  const started = Date.now();
  const { project, problems } = load(bomb);
  equal(project, undefined);
  equal(problems[0]?.code, 'too-many-values');
  ok(Date.now() - started < 3000);
});

test('what a shell would make of a command is told, because there is none', () => {
  const { problems } = load(service('command: make; ls'));
  equal(problems[0]?.severity, 'warning');
  ok(problems[0]!.message.includes('what stands behind ; is not used'));
});
