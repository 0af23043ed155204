// TLS for User Docker: an authority of the machine's own, kept in the configuration, and the certificates that it signs.

import { dirname, isWithin, RosError } from '@drover/core';
import { setValue } from '@drover/cloud-config';
import type { Configuration } from '@drover/cloud-config';
import type { CertificateRequest, Files, SystemHost } from '@drover/host';
import type { ValueMap } from '@drover/yaml';
import { changeOwnFile, loadEverything } from '../command/config/config-store.ts';
import { withConfigurationLocked } from '../command/config/lock-configuration.ts';
import type { WriterHost } from '../command/config/lock-configuration.ts';
import { ACCOUNTS } from '../console/accounts.ts';

type TlsHost = WriterHost & Pick<SystemHost, 'certificates'>;
type DockerOptions = Configuration['rancher']['docker'];

/** Where tls_args look for the files. */
export const SERVER_FOLDER = '/etc/docker/tls';
/** Where `docker --tlsverify` of user rancher looks. */
export const CLIENT_FOLDER = '/home/rancher/.docker';

const DAY_MS = 86_400_000;
const LIFE_MS = 1080 * DAY_MS;
/** Earlier than any machine with this program: a clock that says less is wrong. */
const PROGRAM_MS = Date.UTC(2026, 0, 1);
const ALWAYS_NAMES: readonly string[] = ['localhost', '127.0.0.1', '::1'];

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes the files of a server or a client in `folder`, and returns the certificate of the authority. It is made the first
 * time; it and the server's pair are kept in cloud-config.yml, the client's is nowhere else.
 */
export async function generateCertificates(host: TlsHost, side: 'server' | 'client', folder: string, names: readonly string[]): Promise<string> {
  const odd = names.find((name) => !/^[\w*.:-]+$/.test(name));
  if (odd !== undefined) throw new RosError('bad-host-name', `${JSON.stringify(odd)} is neither a host name nor an address`);
  const { authority, pair } = await withConfigurationLocked(host, () => keepPairs(host, side, names));
  const prefix = side === 'server' ? 'server-' : '';
  writeFiles(host.files, folder, {
    'ca.pem': authority.certificate,
    // Signing is the machine's business: a client gets on without.
    ...(side === 'server' && { 'ca-key.pem': authority.key }),
    [`${prefix}cert.pem`]: pair.certificate,
    [`${prefix}key.pem`]: pair.key,
  });
  return authority.certificate;
}

async function keepPairs(host: TlsHost, side: 'server' | 'client', names: readonly string[]): Promise<{ authority: Pair; pair: Pair }> {
  const options = (await loadEverything(host)).config.rancher.docker;
  const given = readPair(options.ca_cert, options.ca_key, 'ca');
  const authority = given ?? makePair(host, { usage: 'authority' });
  const pair = makePair(host, { issuer: authority, usage: side, names: side === 'server' ? [...new Set([...ALWAYS_NAMES, ...names])] : [] });
  const made = { ...(given === undefined && { ca: authority }), ...(side === 'server' && { server: pair }) };
  if (Object.keys(made).length > 0) await changeOwnFile(host, (tree) => keep(tree, made));
  return { authority, pair };
}

/** What dockerd reads when rancher.docker.tls is on: from the configuration, else what is there, else made now. */
export async function prepareServer(host: TlsHost, options: DockerOptions): Promise<void> {
  const server = readPair(options.server_cert, options.server_key, 'server');
  const authority = options.ca_cert ?? '';
  const isThere = (name: string): boolean => host.files.exists(`${SERVER_FOLDER}/${name}`);
  if (server === undefined && !isThere('server-cert.pem')) {
    await generateCertificates(host, 'server', SERVER_FOLDER, []);
    return;
  }
  if (authority === '' && !isThere('ca.pem')) throw new RosError('no-authority', 'there is a certificate of the server and none of the authority that signs the clients', { hint: 'set rancher.docker.ca_cert' });
  writeFiles(host.files, SERVER_FOLDER, {
    ...(authority !== '' && { 'ca.pem': authority }),
    ...(server !== undefined && { 'server-cert.pem': server.certificate, 'server-key.pem': server.key }),
  });
}

/** Undefined when there is none; half of one is a mistake. */
function readPair(certificate: string | undefined, key: string | undefined, name: 'ca' | 'server'): Pair | undefined {
  const [hasCertificate, hasKey] = [certificate, key].map((one) => one !== undefined && one !== '');
  if (hasCertificate !== hasKey) {
    const [given, missing] = hasCertificate === true ? ['cert', 'key'] : ['key', 'cert'];
    throw new RosError('half-a-pair', `rancher.docker.${name}_${given} is set, and rancher.docker.${name}_${missing} is not`, { hint: `set both, or neither: ros config set rancher.docker.${name}_${given} ''` });
  }
  return hasKey === true ? { certificate: certificate!, key: key! } : undefined;
}

/** Valid since yesterday by this machine's clock, because others may be behind; one that is years behind shortens nothing. */
function makePair({ certificates, clock }: TlsHost, request: Pick<CertificateRequest, 'issuer' | 'usage' | 'names'>): Pair {
  const key = certificates.makeKey();
  const now = clock.now();
  return { key, certificate: certificates.sign({ ...request, key, subject: `O=rancher,CN=Docker ${request.usage}`, from: now - DAY_MS, to: Math.max(now, PROGRAM_MS) + LIFE_MS }) };
}

function keep(tree: ValueMap, pairs: Readonly<Record<string, Pair>>): ValueMap {
  const values = Object.entries(pairs).flatMap(([name, { certificate, key }]) => [[`${name}_cert`, certificate], [`${name}_key`, key]] as const);
  return values.reduce((changed, [key, text]) => setValue(changed, ['rancher', 'docker', key], text), tree);
}

/** Readable by their owner alone: the person whose home they are in, else root. */
function writeFiles(files: Files, folder: string, texts: Readonly<Record<string, string>>): void {
  const owner = ACCOUNTS.find(({ name }) => isWithin(`/home/${name}`, folder));
  if (!files.exists(folder)) {
    files.makeDirectory(dirname(folder), 0o755);
    files.makeDirectory(folder, 0o700);
  }
  for (const [name, text] of Object.entries(texts)) files.writeAtomic(`${folder}/${name}`, text, { mode: 0o600 });
  if (owner !== undefined) for (const path of [folder, ...Object.keys(texts).map((name) => `${folder}/${name}`)]) files.changeOwner(path, owner.id, owner.id);
}
