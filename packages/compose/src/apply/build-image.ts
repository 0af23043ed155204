// A build by the engine's own builder: its context, and what it is told besides.

import type { DockerClient } from '@drover/docker-api';
import { ulimitsOf } from '../plan/create-body.ts';
import type { Action } from '../plan/step.ts';
import { isRemoteContext } from '../schema/remote-context.ts';
import { openBuildContext } from './build-context.ts';
import type { ExecuteContext } from './execute-action.ts';
import { textOf } from './progress-text.ts';

type BuildAction = Extract<Action, { readonly do: 'build' }>;
type BuildQuery = Parameters<DockerClient['buildImage']>[1];

export async function buildImage({ host, client, cancel, builds, logins, say }: ExecuteContext, action: BuildAction): Promise<void> {
  const { build } = action;
  // A folder is sent; what is elsewhere the engine gets for itself.
  const sent = isRemoteContext(build.context) ? undefined : openBuildContext(host, build);
  for (const cache of build.cache_from ?? []) if (imageOfCache(cache) === undefined) say(`cache_from ${cache} needs BuildKit: built without it`);
  const source = sent === undefined ? { remote: build.context, dockerfile: build.dockerfile } : { dockerfile: sent.dockerfile };
  const known = logins === undefined ? {} : { logins: await logins.all() };
  const query = { ...source, ...buildQuery(action), ...(builds?.noCache === true && { nocache: 1 }), ...(builds?.memory !== undefined && { memory: builds.memory }) };
  for await (const line of client.buildImage(sent?.archive, query, { cancel, ...known })) say(textOf(line));
}

/** The names are the API's. */
export function buildQuery({ name, build, platform, labels }: BuildAction): BuildQuery {
  return {
    t: [name, ...(build.tags ?? [])],
    buildargs: JSON.stringify(Object.fromEntries(Object.entries(build.args ?? {}).filter(([, value]) => value !== null))),
    labels: JSON.stringify({ ...labels, ...build.labels }),
    cachefrom: JSON.stringify((build.cache_from ?? []).flatMap((cache) => imageOfCache(cache) ?? [])),
    nocache: build.no_cache === true ? 1 : undefined,
    pull: build.pull === true ? 1 : undefined,
    target: build.target,
    networkmode: build.network,
    shmsize: build.shm_size,
    ulimits: build.ulimits === undefined ? undefined : JSON.stringify(ulimitsOf(build.ulimits)),
    extrahosts: build.extra_hosts?.map((one) => one.replace('=', ':')),
    platform: build.platforms?.[0] ?? platform,
    isolation: build.isolation,
    rm: 1,
    forcerm: 1,
  };
}

/** `IMAGE` or `type=registry,ref=IMAGE`; undefined for caches of another type. */
function imageOfCache(cache: string): string | undefined {
  if (!cache.includes('=')) return cache;
  const fields = new Map(cache.split(',').map((field) => field.split('=', 2) as [string, string]));
  return fields.get('type') === 'registry' ? fields.get('ref') : undefined;
}
