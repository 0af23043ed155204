// `docker search`: Docker Hub's own interface, which other registries may have, too.

import type { Cancel } from '@drover/core';
import { RosError } from '@drover/core';
import { renderQuery } from '@drover/docker-api';
import type { Engine } from '../engine.ts';
import { endpointsOf, HUB } from './registry-address.ts';
import { describeFailure, RegistryClient } from './registry-client.ts';
import type { Login } from './registry-login.ts';

export interface FoundImage {
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly is_official: boolean;
  readonly is_automated: boolean;
}

const INDEX = { origin: 'https://index.docker.io', insecure: false, isMirror: false } as const;

/** `term`: words, behind the name of a registry if it is not Docker Hub. Throws `registry-failed`. */
export async function searchImages(engine: Engine, term: string, limit: number, loginOf: (registry: string) => Login, cancel: Cancel): Promise<readonly FoundImage[]> {
  const [, registry, rest] = /^([^/]*[.:][^/]*|localhost)\/(.*)$/.exec(term) ?? [];
  const name = registry ?? HUB;
  const client = new RegistryClient(engine, { name, path: '', endpoints: registry === undefined ? [INDEX] : endpointsOf(registry, engine.registries) }, loginOf(name), '', cancel);
  const answer = await client.openFrom(`/v1/search${renderQuery({ q: (rest ?? term).replace(/^library\//, ''), n: limit })}`);
  const text = await client.readText(answer);
  if (answer.status !== 200) throw new RosError('registry-failed', `Unexpected status code ${answer.status} from ${client.endpoint.origin}: ${describeFailure(text)}`);
  const { results } = JSON.parse(text) as { readonly results?: readonly FoundImage[] };
  return results ?? [];
}
