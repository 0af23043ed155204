import type { DockerClient, ProgressLine } from '@drover/docker-api';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import type { Build } from '../model/service-parts.ts';
import { applyPlan } from './apply-plan.ts';
import type { ApplyOptions } from './apply-plan.ts';

/** What the engine is asked for: the query without what is empty, whether an archive came, the names of the logins. */
async function asked(build: Partial<Build>, options: ApplyOptions = {}, platform?: string): Promise<{ readonly query: Record<string, unknown>; readonly sent: boolean; readonly logins: string[]; readonly said: string[] }> {
  const seen = { query: {} as Record<string, unknown>, sent: false, logins: [] as string[], said: [] as string[] };
  const client = {
    async *buildImage(archive: unknown, query: Record<string, unknown>, more: { readonly logins?: object }): AsyncGenerator<ProgressLine> {
      Object.assign(seen, { query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== '{}' && value !== '[]')), sent: archive !== undefined, logins: Object.keys(more.logins ?? {}) });
      yield await Promise.resolve({ stream: 'Step 1\n' });
    },
  } as unknown as DockerClient;
  const step = { id: 1, after: [], cause: 'x', action: { do: 'build' as const, name: 'p-web', build: { context: '/c', ...build }, ...(platform !== undefined && { platform }) } };
  const { failed } = await applyPlan(new FakeHost({ '/c/Dockerfile': 'FROM x\n' }), client, [step], { ...options, onOutput: (_, line) => seen.said.push(line) });
  if (failed[0] !== undefined) throw failed[0].error;
  return seen;
}

const ALWAYS = { t: ['p-web'], dockerfile: 'Dockerfile', rm: 1, forcerm: 1 };

const KEYS: readonly (readonly [Partial<Build>, Record<string, unknown>])[] = [
  [{}, {}],
  [{ args: { A: '1', B: null } }, { buildargs: '{"A":"1"}' }],
  [{ labels: { a: 'b' } }, { labels: '{"a":"b"}' }],
  [{ cache_from: ['one', 'type=registry,ref=two'] }, { cachefrom: '["one","two"]' }],
  [{ target: 'test' }, { target: 'test' }],
  [{ network: 'host' }, { networkmode: 'host' }],
  [{ tags: ['other:1'] }, { t: ['p-web', 'other:1'] }],
  [{ platforms: ['linux/arm64'] }, { platform: 'linux/arm64' }],
  [{ no_cache: true, pull: true }, { nocache: 1, pull: 1 }],
  [{ shm_size: 1024, ulimits: { nofile: 10, nproc: { soft: 1, hard: 2 } } }, { shmsize: 1024, ulimits: '[{"Name":"nofile","Soft":10,"Hard":10},{"Name":"nproc","Soft":1,"Hard":2}]' }],
  [{ extra_hosts: ['a=1.2.3.4', 'b=::1'] }, { extrahosts: ['a:1.2.3.4', 'b:::1'] }],
];

for (const [build, query] of KEYS) {
  test(`a build says to the engine what the file says: ${JSON.stringify(build)}`, async () => deepEqual((await asked(build)).query, { ...ALWAYS, ...query }));
}

test('a build is of the platform of its service, unless it names one itself', async () => {
  equal((await asked({}, {}, 'linux/386')).query['platform'], 'linux/386');
  equal((await asked({ platforms: ['linux/arm'] }, {}, 'linux/386')).query['platform'], 'linux/arm');
});

test('a context from elsewhere is the business of the engine', async () => {
  const { query, sent } = await asked({ context: 'https://example.com/a.git#main', dockerfile: 'x/Dockerfile' });
  deepEqual([query['remote'], query['dockerfile'], sent], ['https://example.com/a.git#main', 'x/Dockerfile', false]);
});

test('a cache that only BuildKit knows is left out, and said to be', async () => {
  const { query, said } = await asked({ cache_from: ['type=gha', 'x'] });
  deepEqual([query['cachefrom'], said], ['["x"]', ['cache_from type=gha needs BuildKit: built without it', 'Step 1']]);
});

test('a build has the logins of all registries, and what the command line changes', async () => {
  const { query, logins } = await asked({}, { builds: { noCache: true, memory: 99 }, logins: { forImage: () => Promise.resolve(undefined), all: () => Promise.resolve({ 'ghcr.io': { username: 'me' } }) } });
  deepEqual([query['nocache'], query['memory'], logins], [1, 99, ['ghcr.io']]);
});
