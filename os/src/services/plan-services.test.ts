import { deepEqual, equal, test } from '@drover/testing';
import { OS_SERVICES } from './os-config.ts';
import { decide, fillEnvironment, planDependencies, renderCreateBody, renderOrder } from './plan-services.ts';
import type { Services } from './service.ts';

const after = (names: string): Services[string] => ({ image: 'x', labels: { 'io.rancher.os.after': names } });

test('the system services start in this order', () => {
  const { dependencies, problems } = planDependencies(OS_SERVICES);
  deepEqual(problems, []);
  equal(renderOrder(dependencies), 'udev\nsyslog\nnetwork\nntp after network\nconsole\ndocker after console\n');
});

test('after and before both order, spaces do not matter, and unknown services are ignored', () => {
  const { dependencies } = planDependencies({ a: after('b , nobody'), b: { image: 'x' }, c: { image: 'x', labels: { 'io.rancher.os.before': 'a' } } });
  equal(renderOrder(dependencies), 'a after b, c\nb\nc\n');
});

test('a cycle loses one edge with a warning instead of stopping the boot', () => {
  const { dependencies, problems } = planDependencies({ a: after('b'), b: after('c'), c: after('a') });
  equal(problems.length, 1);
  equal(renderOrder(dependencies), 'a after b\nb after c\nc\n');
});

test('a service becomes what System Docker is asked to create', () => {
  const body = renderCreateBody('ntp', OS_SERVICES['ntp']!, 'abc');
  deepEqual([body.HostConfig?.NetworkMode, body.HostConfig?.Privileged, body.HostConfig?.RestartPolicy?.Name], ['host', false, 'always']);
  deepEqual(body.HostConfig?.CapAdd, ['SYS_TIME', 'SYS_NICE']);
  deepEqual(body.HostConfig?.Tmpfs, { '/run': '' });
  equal(body.Labels?.['io.docker.compose.config-hash'], 'abc');
});

test('a service gets the values of the names that the configuration knows', () => {
  const filled = fillEnvironment({ a: { image: 'x', environment: ['A', 'B=own', 'C', 'D'] }, b: { image: 'x' } }, new Map([['A', '1=2'], ['B', 'other'], ['D', '']]));
  deepEqual(filled, { a: { image: 'x', environment: ['A=1=2', 'B=own', 'D='] }, b: { image: 'x' } });
});

test('a container is kept only while its definition and its image are the same, and a console never is', () => {
  const ntp = OS_SERVICES['ntp']!;
  equal(decide(ntp, 'h', 'i', undefined), 'create');
  equal(decide(ntp, 'h', 'i', { hash: 'h', imageId: 'i' }), 'keep');
  equal(decide(ntp, 'h', 'i', { hash: 'g', imageId: 'i' }), 'recreate');
  equal(decide(ntp, 'h', 'i', { hash: 'h', imageId: 'j' }), 'recreate');
  equal(decide(OS_SERVICES['console']!, 'h', 'i', { hash: 'h', imageId: 'i' }), 'recreate');
});
