// Plans as text: what is done, why, and after what.

import { RosError } from '@drover/core';
import type { ContainerSummary, MountPoint } from '@drover/docker-api';
import { FakeFiles } from '@drover/host';
import { equal, ok, rejects, test } from '@drover/testing';
import { loadProject } from '../load/load-project.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { Observed, ObservedContainer } from '../observe/observe.ts';
import { planDown, planKill, planRemove, planRestart, planStop } from './plan-each.ts';
import { planUp } from './plan-up.ts';
import type { UpOptions } from './planning.ts';
import { renderPlan } from './step.ts';

const hashOf = (service: Service): string => JSON.stringify(service);

function load(text: string): Project {
  const { project, problems } = loadProject({ files: new FakeFiles({ '/p/compose.yaml': text }) }, { folder: '/p' });
  if (project === undefined) throw new RosError('bad-files', problems.map((one) => one.message).join('\n'));
  return project;
}

type Present = Partial<Omit<ObservedContainer, 'mounts'>> & { readonly service: string; readonly volumes?: Readonly<Record<string, string>> };

/** Of these containers, up to date unless they say otherwise; every image is there unless it is named. */
function observed(project: Project, present: readonly Present[], more: { readonly without?: readonly string[]; readonly bare?: boolean } = {}): Observed {
  const images = Object.entries(project.services).map(([name, service]) => service.image ?? `p-${name}`);
  const own = { 'com.docker.compose.project': 'p' };
  return {
    containers: present.map(({ volumes = {}, ...one }) => ({
      id: `id-of-${one.service}`, name: `p-${one.service}-${one.number ?? 1}`, number: 1, oneOff: false, status: 'running', health: 'none', exitCode: 0, imageId: `of ${project.services[one.service]?.image ?? ''}`,
      configHash: project.services[one.service] === undefined ? '' : hashOf(project.services[one.service]!),
      mounts: Object.entries(volumes).map(([Destination, Name]) => ({ Type: 'volume', Name, Destination }) as MountPoint), summary: {} as ContainerSummary,
      ...one,
    })),
    networks: more.bare === true ? new Map() : new Map(Object.values(project.networks).map((one) => [one.name, own])),
    volumes: more.bare === true ? new Map() : new Map(Object.values(project.volumes).map((one) => [one.name, own])),
    images: new Map(images.map((name) => [name, more.without?.includes(name) === true ? undefined : `of ${name}`])),
    imageVolumes: new Map(),
  };
}

function up(text: string, present: readonly Present[], options: UpOptions = {}, more?: Parameters<typeof observed>[2]): string {
  const project = load(text);
  return renderPlan(planUp(project, observed(project, present, more), hashOf, options)).trim();
}

const SHOP = 'services:\n  web: {image: web, depends_on: [db], volumes: ["data:/d"]}\n  db: {image: db}\nvolumes: {data: }\n';

test('a new project: networks, volumes and images first, starts in the order of dependencies', () => {
  equal(up(SHOP, [], {}, { bare: true, without: ['db'] }), `
1. create network p_default (there is no such network)
2. create volume p_data (there is no such volume)
3. pull db (there is no such image)
4. create p-db-1 (there is no container) after 1, 3
5. start p-db-1 (it is new) after 4
6. create p-web-1 (there is no container) after 1, 2
7. start p-web-1 (it is new) after 5, 6`.trim());
});

test('nothing has changed: there is nothing to do', () => {
  equal(up(SHOP, [{ service: 'web' }, { service: 'db' }]), '');
});

test('a changed configuration: the old container stays until the new one is there', () => {
  equal(up(SHOP, [{ service: 'web', configHash: 'old' }, { service: 'db' }]), `
1. create id-of-web_p-web-1 (its configuration has changed)
2. stop id-of-web (another one takes its place) after 1
3. remove id-of-web (another one takes its place) after 1, 2
4. rename id-of-web_p-web-1 to p-web-1 (the name is free) after 3
5. start p-web-1 (it is new) after 1, 4`.trim());
});

test('another image: a new container; a stopped one is only started', () => {
  ok(up(SHOP, [{ service: 'web', imageId: 'another' }, { service: 'db' }]).includes('its image has changed'));
  equal(up(SHOP, [{ service: 'web', status: 'exited' }, { service: 'db' }]), '1. start p-web-1 (it is exited)');
});

test('a dependency that must be healthy or done is waited for, once', () => {
  const text = 'services:\n  a: {image: a, depends_on: {db: {condition: service_healthy}, job: {condition: service_completed_successfully}}}\n  b: {image: b, depends_on: {db: {condition: service_healthy}}}\n  db: {image: db}\n  job: {image: job}\n';
  const plan = up(text, []);
  equal(plan.split('\n').filter((line) => line.includes('wait')).join('\n'), '5. wait healthy p-db-1 (others depend on it) after 2\n6. wait completed p-job-1 (others depend on it) after 4');
  ok(plan.includes('start p-a-1 (it is new) after 5, 6, 7'));
  ok(plan.includes('start p-b-1 (it is new) after 5, 9'));
});

test('who shares a namespace is made anew with it', () => {
  const text = 'services:\n  a: {image: a, network_mode: "service:b"}\n  b: {image: b}\n';
  ok(up(text, [{ service: 'a' }, { service: 'b', configHash: 'old' }]).includes('create id-of-a_p-a-1 (b, whose namespace it shares, was made anew) after 4'));
});

test('who wants to be restarted with a dependency is', () => {
  const text = 'services:\n  a: {image: a, depends_on: {b: {condition: service_started, restart: true}}}\n  b: {image: b}\n';
  ok(up(text, [{ service: 'a' }, { service: 'b', configHash: 'old' }]).includes('6. restart p-a-1 (b was made anew) after 5'));
});

test('scaling keeps low numbers and fills gaps', () => {
  const text = 'services: {a: {image: a}}\n';
  equal(up(text, [{ service: 'a' }, { service: 'a', number: 3, id: 'three' }], { scale: { a: 1 } }), '1. stop three (1 of 2 containers are wanted)\n2. remove three (1 of 2 containers are wanted) after 1');
  equal(up(text, [{ service: 'a', number: 2 }], { scale: { a: 3 } }).split('\n').filter((line) => line.includes('create')).join('\n'), '1. create p-a-1 (3 containers are wanted)\n3. create p-a-3 (3 containers are wanted)');
});

test('an earlier run that ended too soon is brought to its end', () => {
  equal(up('services: {a: {image: a}}\n', [{ service: 'a', name: '0123456789ab_p-a-1', status: 'created' }]), '1. rename 0123456789ab_p-a-1 to p-a-1 (an earlier run did not get to it)\n2. start p-a-1 (it is created) after 1');
});

test('anonymous volumes go over to the new container, unless new ones are asked for', () => {
  const project = load('services: {a: {image: a, volumes: [/v]}}\n');
  const there = observed(project, [{ service: 'a', configHash: 'old', volumes: { '/v': 'anonymous', '/other': 'strange' } }]);
  const mounts = (options: UpOptions): string => JSON.stringify(planUp(project, there, hashOf, options).flatMap(({ action }) => (action.do === 'create' ? [action.body.HostConfig?.Mounts] : [])));
  equal(mounts({}), '[[{"Type":"volume","Source":"anonymous","Target":"/v","VolumeOptions":{}}]]');
  equal(mounts({ renewAnonymousVolumes: true }), '[[{"Type":"volume","Target":"/v","VolumeOptions":{}}]]');
});

test('what no plan can bring about is told before anything is done', async () => {
  await rejects(() => up('services: {a: {image: a, networks: [n]}}\nnetworks: {n: {external: true}}\n', [], {}, { bare: true }), 'missing-external');
  await rejects(() => up('services: {a: {image: a, pull_policy: never}}\n', [], {}, { without: ['a'] }), 'no-image');
  await rejects(() => up(SHOP, [], { services: ['wbe'] }), 'no-such-service');
  await rejects(() => up('services: {a: {image: a, container_name: x}}\n', [], { scale: { a: 2 } }), 'not-scalable');
});

test('down goes from those that depend to those that are depended on, then networks and volumes', () => {
  const project = load(SHOP);
  equal(renderPlan(planDown(project, observed(project, [{ service: 'web' }, { service: 'db', status: 'exited' }, { service: 'gone', status: 'exited' }]), { volumes: true, removeOrphans: true })).trim(), `
1. stop p-web-1 (the project goes down)
2. remove p-web-1 (the project goes down) after 1
3. remove p-db-1 (the project goes down) after 1, 2
4. remove p-gone-1 (its service is not in the files any more)
5. remove network p_default (the project goes down) after 2, 3, 4
6. remove volume p_data (volumes go, too) after 2, 3, 4`.trim().replace('after 1, 2\n4', 'after 2\n4'));
});

test('stop, kill and remove only touch what they are about', () => {
  const project = load(SHOP);
  const there = observed(project, [{ service: 'web' }, { service: 'db', status: 'exited' }]);
  equal(renderPlan(planStop(project, there)), '1. stop p-web-1 (it is running)\n');
  equal(renderPlan(planKill(project, there, { signal: 'SIGHUP' })), '1. kill p-web-1 with SIGHUP (it is running)\n');
  equal(renderPlan(planRemove(project, there)), '1. remove p-db-1 (it is exited)\n');
});

test('hooks run after a start, before dependents start, and before a stop', () => {
  const text = 'services:\n  web: {image: web, depends_on: [db]}\n  db:\n    image: db\n    post_start: [{command: [seed]}, {command: [warm, up]}]\n    pre_stop: [{command: [drain]}]\n';
  equal(up(text, []), `
1. create p-db-1 (there is no container)
2. start p-db-1 (it is new) after 1
3. run hook p-db-1: seed (post_start) after 2
4. run hook p-db-1: warm up (post_start) after 3
5. create p-web-1 (there is no container)
6. start p-web-1 (it is new) after 4, 5`.trim());
  equal(up(text, [{ service: 'web' }, { service: 'db', configHash: 'old' }]), `
1. create id-of-db_p-db-1 (its configuration has changed)
2. run hook p-db-1: drain (pre_stop) after 1
3. stop id-of-db (another one takes its place) after 1, 2
4. remove id-of-db (another one takes its place) after 1, 3
5. rename id-of-db_p-db-1 to p-db-1 (the name is free) after 4
6. start p-db-1 (it is new) after 1, 5
7. run hook p-db-1: seed (post_start) after 6
8. run hook p-db-1: warm up (post_start) after 7`.trim());
  const project = load(text);
  equal(renderPlan(planStop(project, observed(project, [{ service: 'db' }, { service: 'web' }]))), '1. stop p-web-1 (it is running)\n2. run hook p-db-1: drain (pre_stop) after 1\n3. stop p-db-1 (it is running) after 1, 2\n');
  equal(renderPlan(planStop(project, observed(project, [{ service: 'db', status: 'paused' }]))), '1. stop p-db-1 (it is paused)\n');
  ok(renderPlan(planRestart(project, observed(project, [{ service: 'db' }]))).startsWith('1. run hook p-db-1: drain (pre_stop)\n2. restart p-db-1 (it was asked for) after 1\n3. run hook p-db-1: seed'));
});

test('a new image keeps the anonymous volumes that it declares', () => {
  const project = load('services: {a: {image: a}}\n');
  const there = { ...observed(project, [{ service: 'a', imageId: 'older', volumes: { '/data': 'anonymous' } }]), imageVolumes: new Map([['of a', ['/data']]]) };
  const [body] = planUp(project, there, hashOf).flatMap(({ action }) => (action.do === 'create' ? [action.body] : []));
  equal(JSON.stringify(body?.HostConfig?.Mounts), '[{"Type":"volume","Source":"anonymous","Target":"/data"}]');
});

test('names with underscores are those of images that are built, too', () => {
  const project = load('services: {a: {build: .}}\n');
  const there = { ...observed(project, []), images: new Map([['p_a', 'of a']]) };
  equal(renderPlan(planUp(project, there, hashOf, { separator: '_' })), '1. create p_a_1 (there is no container)\n2. start p_a_1 (it is new) after 1\n');
});

/** On Node, and on a busy machine. What it guards against takes minutes. */
function within(limitMs: number, work: () => void): void {
  const started = Date.now();
  work();
  ok(Date.now() - started < limitMs, `it took ${Date.now() - started} ms`);
}

test('a project of 100 services is loaded and planned in no time', () => {
  const services = Array.from({ length: 100 }, (_, i) => `  s${i}: {image: "image${i % 7}", depends_on: [${i > 0 ? `s${i - 1}` : ''}], ports: ["${8000 + i}:80"], environment: {A: "${i}", B: two}, volumes: ["data:/data", "./x:/x"], labels: [a=b, c=d]}`);
  const text = `services:\n${services.join('\n')}\nvolumes: {data: }\n`;
  within(3000, () => {
    const project = load(text);
    equal(planUp(project, observed(project, [], { bare: true }), hashOf).length, 202);
  });
});

test('a chain of 10000 services goes up, stops and goes down in linear time', () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `s${i}`);
  const service = (i: number): Service => ({ image: 'a', ...(i > 0 && { depends_on: { [`s${i - 1}`]: { condition: 'service_healthy' as const, required: true } } }) });
  const project: Project = { ...load('services: {a: {image: a}}\n'), services: Object.fromEntries(names.map((name, i) => [name, service(i)])) };
  within(30_000, () => {
    equal(planUp(project, observed(project, []), () => 'h').length, 29_999);
    const present = observed(project, names.map((name) => ({ service: name })));
    equal(planStop(project, present).length, 10_000);
    equal(planDown(project, present).length, 20_001);
  });
});
