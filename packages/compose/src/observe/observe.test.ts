import type { ContainerSummary, DockerClient } from '@drover/docker-api';
import { deepEqual, equal, test } from '@drover/testing';
import { observeContainer, observeContainers } from './observe.ts';

function listed(more: Partial<ContainerSummary>): ContainerSummary {
  return {
    Id: 'id', Names: ['/p-web-1'], Image: 'busybox', ImageID: 'sha256:1', Command: 'sh', Created: 0, Ports: [], Labels: { 'com.docker.compose.service': 'web' }, State: 'running', Status: 'Up 2 hours',
    HostConfig: {}, NetworkSettings: { Networks: {} }, Mounts: [], ...more,
  };
}

const STATUSES: readonly (readonly [string, string, number])[] = [
  ['Up 2 hours', 'none', 0],
  ['Up Less than a second (health: starting)', 'starting', 0],
  ['Up 5 minutes (healthy)', 'healthy', 0],
  ['Up 5 minutes (unhealthy)', 'unhealthy', 0],
  ['Up 5 minutes (Paused)', 'none', 0],
  ['Exited (137) 3 seconds ago', 'none', 137],
  ['Restarting (1) 4 seconds ago', 'none', 1],
  ['Created', 'none', 0],
];

for (const [status, health, exitCode] of STATUSES) {
  test(`the engine's words tell health and exit code: ${status}`, () => {
    const seen = observeContainer(listed({ Status: status }));
    deepEqual([seen?.health, seen?.exitCode], [health, exitCode]);
  });
}

test("a container's name is not one that a link gave it", () => {
  equal(observeContainer(listed({ Names: ['/p-client-1/server', '/p-web-1'] }))?.name, 'p-web-1');
});

test('a container of no service is left out, the others come by service and number', async () => {
  const of = (service: string, number: number): ContainerSummary => listed({ Id: `${service}${number}`, Labels: { 'com.docker.compose.service': service, 'com.docker.compose.container-number': String(number) } });
  const asked: unknown[] = [];
  const client = { listContainers: (options: unknown) => (asked.push(options), Promise.resolve([of('b', 10), listed({ Labels: {} }), of('b', 9), of('a', 1)])) } as unknown as DockerClient;
  deepEqual((await observeContainers(client, { name: 'p' })).containers.map((one) => one.id), ['a1', 'b9', 'b10']);
  deepEqual(asked, [{ all: true, filters: { label: ['com.docker.compose.project=p'] } }]);
});
