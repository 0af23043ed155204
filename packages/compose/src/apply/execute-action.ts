// What each kind of step does: the only place where a plan meets the engine.

import { basename, decodeUtf8, dirname, encodeUtf8, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { ContainerInspect, DockerClient, RegistryLogins } from '@drover/docker-api';
import type { Host } from '@drover/host';
import { concatBytes } from '@drover/host';
import { LABELS } from '../names.ts';
import { environmentOf } from '../plan/create-body.ts';
import type { Action } from '../plan/step.ts';
import { buildImage } from './build-image.ts';
import { textOf } from './progress-text.ts';
import { TAR_END, tarEntry } from './tar.ts';

/** Where logins for registries come from. */
export type Logins = Pick<RegistryLogins, 'forImage' | 'all'>;

export interface BuildChanges {
  readonly noCache?: boolean;
  /** Bytes that a build may use. */
  readonly memory?: number;
}

export interface ExecuteContext {
  readonly host: Pick<Host, 'files' | 'clock'>;
  readonly client: DockerClient;
  readonly cancel: Cancel;
  /** How long to wait for a container to become healthy, or to end. */
  readonly waitMs: number;
  /** In what builds differ from what the files say. */
  readonly builds?: BuildChanges | undefined;
  readonly logins?: Logins | undefined;
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
  pull: async ({ client, cancel, logins, say }, { name, platform }) => {
    for await (const line of client.pullImage(name, { cancel, login: await logins?.forImage(name), ...(platform !== undefined && { platform }) })) say(textOf(line));
  },
  push: async ({ client, cancel, logins, say }, { name }) => {
    for await (const line of client.pushImage(name, { cancel, login: await logins?.forImage(name) })) say(textOf(line));
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
  'run-hook': async ({ client, cancel, say }, { name, kind, hook }) => {
    const { exitCode } = await client.exec(name, hook.command ?? [], ({ bytes }) => say(decodeUtf8(bytes).replace(/\n$/, '')), {
      cancel, Env: environmentOf(hook), Privileged: hook.privileged === true, ...(hook.user !== undefined && { User: hook.user }), ...(hook.working_dir !== undefined && { WorkingDir: hook.working_dir }),
    });
    if (exitCode !== 0) throw new RosError('hook-failed', `a ${kind} command of container ${name} ended with ${exitCode}: ${(hook.command ?? []).join(' ')}`);
  },
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

/** With the image's id in its label, also when the image came in the course of the plan. */
async function createContainer({ client }: ExecuteContext, { name, body }: Extract<Action, { readonly do: 'create' }>): Promise<void> {
  const known = body.Labels?.[LABELS.imageDigest] !== undefined;
  const image = known ? undefined : await client.inspectImage(body.Image ?? '');
  await client.createContainer(name, image === undefined ? body : { ...body, Labels: { ...body.Labels, [LABELS.imageDigest]: image.Id } });
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
