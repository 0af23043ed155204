// Where images come from and go to: the registry behind a name, and the ways to reach it, in the order in which they
// are tried.

import { isInSubnet } from '@drover/core';
import type { ImageReference } from '../image/image-reference.ts';

export interface RegistrySettings {
  /** NAME[:PORT], or a subnet: their certificates are not checked, and they may be reached by plain HTTP. */
  readonly insecure: readonly string[];
  /** Addresses of mirrors of Docker Hub, asked before it. */
  readonly mirrors: readonly string[];
}

export interface RegistryEndpoint {
  /** `https://registry-1.docker.io`, without a slash at the end. */
  readonly origin: string;
  /** Any certificate will do. */
  readonly insecure: boolean;
  /** It may lack what it is asked for, and gets no login. */
  readonly isMirror: boolean;
}

export interface RegistryAddress {
  /** As the user knows it: `docker.io`, `registry.local:5000`. */
  readonly name: string;
  /** `library/busybox` */
  readonly path: string;
  readonly endpoints: readonly RegistryEndpoint[];
}

export const HUB = 'docker.io';
const HUB_ORIGIN = 'https://registry-1.docker.io';

/** Mirrors only serve those who pull. */
export function findRegistry({ repository }: Pick<ImageReference, 'repository'>, settings: RegistrySettings, use: 'pull' | 'push' = 'pull'): RegistryAddress {
  const [first = '', ...rest] = repository.split('/');
  if (rest.length > 0 && /[.:]|^localhost$/.test(first)) return { name: first, path: rest.join('/'), endpoints: endpointsOf(first, settings) };
  const mirrors = use === 'pull' ? settings.mirrors.map((mirror) => ({ origin: mirror.replace(/\/+$/, ''), insecure: isInsecure(hostOf(mirror), settings), isMirror: true })) : [];
  return { name: HUB, path: rest.length === 0 ? `library/${repository}` : repository, endpoints: [...mirrors, ...endpointsOf(HUB, settings)] };
}

/** Of a registry by its name alone. */
export function endpointsOf(name: string, settings: RegistrySettings): RegistryEndpoint[] {
  if (name === HUB) return [{ origin: HUB_ORIGIN, insecure: false, isMirror: false }];
  const insecure = isInsecure(name, settings);
  return (insecure ? ['https', 'http'] : ['https']).map((scheme) => ({ origin: `${scheme}://${name}`, insecure, isMirror: false }));
}

/** The beginning of an address: a mirror has no path. */
export function isMirrorAddress(text: string): boolean {
  return /^https?:\/\/[^\s/?#]+\/?$/.test(text);
}

function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/\/.*/, '').replace(/^.*@/, '');
}

/** Also this machine, as in moby. */
function isInsecure(name: string, { insecure }: RegistrySettings): boolean {
  const host = name.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || host === '::1' || isInSubnet(host, '127.0.0.0/8') || insecure.some((one) => one === name || one === host || isInSubnet(host, one));
}
