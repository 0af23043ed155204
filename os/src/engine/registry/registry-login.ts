// Who we are to a registry: what the client of the API sends along, or else what `rancher.registry_auths` says.

import { decodeBase64, decodeUtf8, messageOf } from '@drover/core';
import type { RegistryLogin } from '@drover/docker-api';
import type { Files } from '@drover/host';
import { apiError } from '../api-error.ts';
import { HUB } from './registry-address.ts';

export interface Login extends RegistryLogin {
  /** USER:PASSWORD in base64. */
  readonly auth?: string;
  /** Is the token. */
  readonly registrytoken?: string;
}

/** `X-Registry-Auth`: JSON in base64, of which the client may use the alphabet for addresses. Throws `invalid-parameter`. */
export function parseLoginHeader(header: string | undefined): Login {
  const bytes = decodeBase64((header ?? '').replace(/-/g, '+').replace(/_/g, '/'));
  if (header === undefined || header === '' || bytes === undefined) return {};
  try {
    return completeLogin(JSON.parse(decodeUtf8(bytes)) as Login);
  } catch (error) {
    throw apiError('invalid-parameter', `invalid X-Registry-Auth header: ${messageOf(error)}`);
  }
}

export function hasLogin({ username, identitytoken, registrytoken }: Login): boolean {
  return Boolean(username) || Boolean(identitytoken) || Boolean(registrytoken);
}

function completeLogin(login: Login): Login {
  if (login.username || !login.auth) return login;
  const text = decodeUtf8(decodeBase64(login.auth) ?? new Uint8Array());
  const colon = text.indexOf(':');
  return colon < 0 ? login : { ...login, username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

/** `https://index.docker.io/v1/` and the like mean Docker Hub. */
export function registryNameOf(serverAddress: string): string {
  const name = serverAddress.replace(/^https?:\/\//, '').replace(/\/.*/, '');
  return ['', 'index.docker.io', 'registry-1.docker.io', HUB].includes(name) ? HUB : name;
}

/** Of this boot's configuration; empty when it has none for the registry. */
export function findConfiguredLogin(files: Pick<Files, 'readTextIfPresent'>, configurationPath: string, registry: string): Login {
  const text = files.readTextIfPresent(configurationPath);
  if (text === undefined) return {};
  const { rancher } = JSON.parse(text) as { readonly rancher?: { readonly registry_auths?: Readonly<Record<string, Login>> } };
  const found = Object.entries(rancher?.registry_auths ?? {}).find(([server]) => registryNameOf(server) === registry);
  return found === undefined ? {} : completeLogin(found[1]);
}
