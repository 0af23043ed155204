import { equal, rejects, test } from '@drover/testing';
import type { Build } from '../model/service-parts.ts';
import { checkBuild } from './check-build.ts';

const NEEDS: readonly (readonly [Partial<Build>, string])[] = [
  [{ secrets: [{ source: 's' }] }, 'secrets'],
  [{ ssh: ['default'] }, 'ssh'],
  [{ additional_contexts: { a: '/b' } }, 'additional_contexts'],
  [{ cache_to: ['type=local,dest=x'], privileged: true }, 'cache_to, privileged'],
  [{ entitlements: ['network.host'] }, 'entitlements'],
  [{ platforms: ['linux/amd64', 'linux/arm64'] }, 'several platforms'],
  [{ context: 'service:base' }, 'context: service:NAME'],
];

for (const [keys, told] of NEEDS) {
  test(`a build that only BuildKit can do is refused before anything is done: ${told}`, async () => {
    const error = await rejects(() => checkBuild('web', { context: '/c', ...keys }), 'needs-buildkit');
    equal(error.message, `the build of the service web needs BuildKit, which is not spoken here: ${told}`);
  });
}

test('what the builder of every engine can do is not refused', () => {
  checkBuild('web', { context: 'https://example.com/a.git', args: { a: 'b' }, target: 't', cache_from: ['x'], labels: {}, network: 'host', platforms: ['linux/amd64'], tags: ['t'], secrets: [], additional_contexts: {} });
});
