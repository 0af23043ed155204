// Which engine is meant, in the docker command's own variables: DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_TLS,
// DOCKER_CERT_PATH.

import { codeOf, join, messageOf, RosError } from '@drover/core';
import type { Endpoint } from '@drover/docker-api';
import { resolveName } from '@drover/fetch';
import type { ResolverHost } from '@drover/fetch';
import type { Host, TlsOptions } from '@drover/host';

const DEFAULT_SOCKET = 'unix:///var/run/docker.sock';
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

export type Environment = Readonly<Record<string, string>>;

/** `wanted` goes before DOCKER_HOST. Throws `bad-host`, `bad-certificate`, and what looking names up throws. */
export async function findEndpoint(host: ResolverHost & Pick<Host, 'files'>, wanted: string | undefined, environment: Environment): Promise<Endpoint> {
  const text = wanted ?? nonEmpty(environment['DOCKER_HOST']) ?? DEFAULT_SOCKET;
  if (text.startsWith('unix://')) return { address: { unix: text.slice('unix://'.length) } };
  const match = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[^/:]+)(?::(\d+))?\/?$/.exec(text);
  if (match === null) throw new RosError('bad-host', `no engine can be reached at ${text}`, { hint: 'set DOCKER_HOST to unix:///PATH or tcp://HOST:PORT; for ssh:// have ssh forward the socket: ssh -L /tmp/docker.sock:/var/run/docker.sock HOST' });
  const name = match[1]!.replace(/^\[|\]$/g, '');
  const tls = tlsFor(host, name, environment);
  const [address] = await resolveName(host, name);
  return { address: { host: address!, port: Number(match[2] ?? (tls === undefined ? PLAIN_PORT : TLS_PORT)) }, ...(tls !== undefined && { tls }) };
}

/** The folder of the docker command's own files. */
export function dockerFolder(environment: Environment): string {
  return nonEmpty(environment['DOCKER_CONFIG']) ?? join(environment['HOME'] ?? '/root', '.docker');
}

function tlsFor(host: Pick<Host, 'files'>, serverName: string, environment: Environment): TlsOptions | undefined {
  const verify = nonEmpty(environment['DOCKER_TLS_VERIFY']) !== undefined;
  if (!verify && nonEmpty(environment['DOCKER_TLS']) === undefined) return undefined;
  const folder = nonEmpty(environment['DOCKER_CERT_PATH']) ?? dockerFolder(environment);
  const read = (file: string): string | undefined => readCertificate(host, join(folder, file));
  const [authorities, certificate, key] = [verify ? read('ca.pem') : undefined, read('cert.pem'), read('key.pem')];
  if (verify && authorities === undefined) throw new RosError('bad-certificate', `there is no ${join(folder, 'ca.pem')} to verify the engine with`, { hint: 'set DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem' });
  if ((certificate === undefined) !== (key === undefined)) throw new RosError('bad-certificate', `${folder} has only one of cert.pem and key.pem`);
  return { serverName, ...(authorities !== undefined && { authorities }), ...(certificate !== undefined && key !== undefined && { certificate, key }) };
}

function readCertificate(host: Pick<Host, 'files'>, path: string): string | undefined {
  try {
    return host.files.readTextIfPresent(path);
  } catch (error) {
    throw new RosError('bad-certificate', `${path} cannot be read: ${codeOf(error) ?? messageOf(error)}`, { cause: error });
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
