// What each kind of step does: the only place where a plan meets the engine.

import { dirname, basename, encodeUtf8, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { ContainerInspect, DockerClient, ProgressLine } from '@drover/docker-api';
import type { Host } from '@drover/host';
import { concatBytes } from '@drover/host';
import { LABELS } from '../names.ts';
import type { Action } from '../plan/step.ts';
import { openBuildContext } from './build-context.ts';
import { TAR_END, tarEntry } from './tar.ts';

export interface ExecuteContext {
  readonly host: Pick<Host, 'files' | 'clock'>;
  readonly client: DockerClient;
  readonly cancel: Cancel;
  /** How long to wait for a container to become healthy, or to end. */
  readonly waitMs: number;
  readonly noCache: boolean;
  /** What the engine says while it pulls or builds. */
  readonly say: (line: string) => void;
}

type Executors = { readonly [K in Action['do']]: (context: ExecuteContext, action: Extract<Action, { readonly do: K }>) => Promise<void> };

export function executeAction(context: ExecuteContext, action: Action): Promise<void> {
  const execute = EXECUTORS[action.do] as (context: ExecuteContext, action: Action) => Promise<void>;
  return execute(context, action);
}

const POLL_MS = 250;

const EXECUTORS: Executors = {
  'create-network': async ({ client }, { body }) => void (await client.createNetwork(body)),
  'remove-network': ({ client }, { name }) => unlessGone(client.removeNetwork(name)),
  'create-volume': async ({ client }, { body }) => void (await client.createVolume(body)),
  'remove-volume': ({ client }, { name }) => unlessGone(client.removeVolume(name)),
  pull: async ({ client, cancel, say }, { name, platform }) => {
    for await (const line of client.pullImage(name, { cancel, ...(platform !== undefined && { platform }) })) say(textOf(line));
  },
  push: async ({ client, cancel, say }, { name }) => {
    for await (const line of client.pushImage(name, { cancel })) say(textOf(line));
  },
  build: buildImage,
  'remove-image': ({ client }, { name }) => unlessGone(client.removeImage(name)),
  create: createContainer,
  connect: ({ client }, { name, network, endpoint }) => client.connectNetwork(network, name, endpoint),
  'put-file': ({ client }, { name, file }) => client.putArchive(name, dirname(file.path), concatBytes([
    tarEntry({ path: basename(file.path), type: 'file', mode: file.mode, uid: file.uid, gid: file.gid, content: encodeUtf8(file.text) }), TAR_END,
  ])),
  rename: ({ client }, { name, to }) => client.renameContainer(name, to),
  start: async ({ client }, { name }) => void (await client.startContainer(name)),
  stop: async ({ client }, { name, graceSeconds }) => void (await client.stopContainer(name, graceSeconds === undefined ? {} : { graceSeconds })),
  restart: ({ client }, { name, graceSeconds }) => client.restartContainer(name, graceSeconds === undefined ? {} : { graceSeconds }),
  kill: ({ client }, { name, signal }) => client.killContainer(name, signal),
  pause: ({ client }, { name }) => client.pauseContainer(name),
  unpause: ({ client }, { name }) => client.unpauseContainer(name),
  remove: ({ client }, { name, volumes, force }) => unlessGone(client.removeContainer(name, { ...(volumes === true && { volumes }), ...(force === true && { force }) })),
  'wait-healthy': (context, { name }) => waitUntil(context, name, (state) => {
    if (state.Health?.Status === 'healthy') return true;
    if (state.Health?.Status === 'unhealthy') throw new RosError('unhealthy', `container ${name} is unhealthy`, { hint: `docker inspect ${name} shows what its check said` });
    if (!state.Running) throw new RosError('dependency-failed', `container ${name} exited (${state.ExitCode})`, { hint: `docker logs ${name} shows why` });
    // Without a check there is nothing to wait for.
    return state.Health === undefined || state.Health === null || state.Health.Status === 'none';
  }),
  'wait-completed': (context, { name }) => waitUntil(context, name, (state) => {
    if (state.Running || state.Restarting || state.Status === 'created') return false;
    if (state.ExitCode !== 0) throw new RosError('dependency-failed', `service "${name}" didn't complete successfully: exit ${state.ExitCode}`, { hint: `docker logs ${name} shows why` });
    return true;
  }),
};

/** Somebody else may have been faster. */
async function unlessGone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof RosError && error.code === 'docker-not-found')) throw error;
  }
}

/** With the image's id in its label, when the image came in the course of the plan. */
async function createContainer({ client }: ExecuteContext, { name, body }: Extract<Action, { readonly do: 'create' }>): Promise<void> {
  const image = await client.inspectImage(body.Image ?? '');
  const labels = image === undefined ? body.Labels : { ...body.Labels, [LABELS.imageDigest]: image.Id };
  await client.createContainer(name, { ...body, ...(labels !== undefined && labels !== null && { Labels: labels }) });
}

async function buildImage({ host, client, cancel, noCache, say }: ExecuteContext, { name, build }: Extract<Action, { readonly do: 'build' }>): Promise<void> {
  const { archive, dockerfile } = openBuildContext(host, build);
  const args = Object.fromEntries(Object.entries(build.args ?? {}).filter(([, value]) => value !== null));
  const query = {
    t: name, dockerfile,
    buildargs: JSON.stringify(args), labels: JSON.stringify(build.labels ?? {}), cachefrom: JSON.stringify(build.cache_from ?? []),
    nocache: noCache || build.no_cache === true ? 1 : undefined, pull: build.pull === true ? 1 : undefined, target: build.target, networkmode: build.network,
    shmsize: build.shm_size, extrahosts: build.extra_hosts?.map((one) => one.replace('=', ':')).join(','), platform: build.platforms?.[0], rm: 1, forcerm: 1,
  };
  for await (const line of client.buildImage(archive, query, { cancel })) say(textOf(line));
}

function textOf(line: ProgressLine): string {
  return (line.stream ?? [line.id, line.status, line.progress].filter((part) => part !== undefined && part !== '').join(' ')).replace(/\n$/, '');
}

async function waitUntil({ host, client, cancel, waitMs }: ExecuteContext, name: string, done: (state: ContainerInspect['State']) => boolean): Promise<void> {
  const end = host.clock.monotonic() + waitMs;
  for (;;) {
    const inspect = await client.inspectContainer(name);
    if (inspect === undefined) throw new RosError('docker-not-found', `there is no container ${name} any more`);
    if (done(inspect.State)) return;
    if (host.clock.monotonic() > end) throw new RosError('timeout', `container ${name} was not ready within ${Math.round(waitMs / 1000)} s`);
    await host.clock.sleep(POLL_MS, cancel);
  }
}
