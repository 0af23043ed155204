// `docker login`: whether a registry lets somebody in.

import type { Cancel } from '@drover/core';
import { codeOf, messageOf } from '@drover/core';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { endpointsOf } from './registry-address.ts';
import { RegistryClient } from './registry-client.ts';
import type { Login } from './registry-login.ts';
import { registryNameOf } from './registry-login.ts';

/** Throws `unauthorized`, and what reaching the registry throws. */
export async function logIn(engine: Engine, login: Login, cancel: Cancel): Promise<void> {
  const name = registryNameOf(login.serveraddress ?? '');
  const client = new RegistryClient(engine, { name, path: '', endpoints: endpointsOf(name, engine.registries) }, login, '', cancel);
  try {
    const answer = await client.openFrom('/v2/');
    answer.body.close();
    if (answer.status !== 200) throw refusal(client, answer.status);
  } catch (error) {
    if (codeOf(error) !== 'registry-denied') throw error;
    throw apiError('unauthorized', `login attempt to ${client.endpoint.origin}/v2/ failed: ${messageOf(error)}`, { cause: error });
  }
}

function refusal(client: RegistryClient, status: number): Error {
  return apiError('system', `login attempt to ${client.endpoint.origin}/v2/ failed with status: ${status}`);
}
