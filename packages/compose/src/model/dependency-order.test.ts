import { deepEqual, equal, ok, test } from '@drover/testing';
import { dependencyOrder, dependentsByService, withDependencies } from './dependency-order.ts';
import type { Service } from './service.ts';

function services(dependencies: Readonly<Record<string, readonly string[]>>): { readonly services: Readonly<Record<string, Service>> } {
  return {
    services: Object.fromEntries(Object.entries(dependencies).map(([name, wanted]): [string, Service] => [
      name, { depends_on: Object.fromEntries(wanted.map((one) => [one, { condition: 'service_started' as const, required: true }])) },
    ])),
  };
}

test('each service comes after those that it depends on, otherwise in the order of the file', () => {
  const project = services({ web: ['api', 'cache'], api: ['db'], cache: [], db: [], job: ['db'] });
  deepEqual(dependencyOrder(project, ['web', 'api', 'cache', 'db', 'job']), { ordered: ['db', 'api', 'cache', 'web', 'job'], cycle: undefined });
  deepEqual(dependencyOrder(project, ['web', 'db']).ordered, ['web', 'db']);
});

test('a circle is found, and the order has every service all the same', () => {
  const { ordered, cycle } = dependencyOrder(services({ a: ['b'], b: ['c'], c: ['b'], d: [] }), ['a', 'b', 'c', 'd']);
  deepEqual(cycle, ['b', 'c', 'b']);
  deepEqual([...ordered].sort(), ['a', 'b', 'c', 'd']);
  deepEqual(dependencyOrder(services({ a: ['a'] }), ['a']).cycle, ['a', 'a']);
});

test('dependencies of dependencies are found, dependents only directly', () => {
  const project = services({ a: ['b'], b: ['c', 'gone'], c: [], d: ['c'] });
  deepEqual([...withDependencies(project, ['a'])], ['a', 'b', 'c']);
  deepEqual(dependentsByService(project).get('c'), ['b', 'd']);
  equal(dependentsByService(project).get('a'), undefined);
});

test('a chain of 100000 services is ordered without recursion, in linear time', () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `s${i}`);
  const project = services(Object.fromEntries(names.map((name, i) => [name, i + 1 < names.length ? [`s${i + 1}`] : []])));
  const started = Date.now();
  equal(dependencyOrder(project, names).ordered[0], 's99999');
  equal(withDependencies(project, ['s0']).size, 100_000);
  equal(dependentsByService(project).size, 99_999);
  ok(Date.now() - started < 20_000, `it took ${Date.now() - started} ms`);
});
