// Which certificates a registry may show, and which we show it: the system's authorities, and those that
// /etc/docker/certs.d/HOST[:PORT] has for one registry (*.crt), with certificates of our own (NAME.cert, NAME.key).

import { join, RosError } from '@drover/core';
import type { Files } from '@drover/host';

const SYSTEM_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
const FOLDER = '/etc/docker/certs.d';

type TrustFiles = Pick<Files, 'stat' | 'list' | 'readText' | 'readTextIfPresent'>;

function listFor(files: TrustFiles, registry: string): string[] {
  const folder = join(FOLDER, registry);
  return files.stat(folder)?.type === 'directory' ? files.list(folder).map((name) => join(folder, name)) : [];
}

/** PEM. Throws `no-authorities`. */
export function readAuthorities(files: TrustFiles, registry: string): string {
  const own = listFor(files, registry).filter((path) => path.endsWith('.crt')).map((path) => files.readText(path));
  const all = [...own, files.readTextIfPresent(SYSTEM_AUTHORITIES) ?? ''].filter((text) => text !== '');
  if (all.length === 0) throw new RosError('no-authorities', `there is no certificate to check ${registry} by`, { hint: `put one into ${SYSTEM_AUTHORITIES}, or ${join(FOLDER, registry, 'ca.crt')}` });
  return all.join('\n');
}

export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** Undefined when there is none. Throws `no-key` for one without its key. */
export function readIdentity(files: TrustFiles, registry: string): Identity | undefined {
  const path = listFor(files, registry).find((one) => one.endsWith('.cert'));
  if (path === undefined) return undefined;
  const keyPath = path.replace(/\.cert$/, '.key');
  const key = files.readTextIfPresent(keyPath);
  if (key === undefined) throw new RosError('no-key', `missing key ${keyPath} for client certificate ${path}. CA certificates must use the extension .crt`);
  return { certificate: files.readText(path), key };
}
