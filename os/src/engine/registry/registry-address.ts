// Where an image comes from: the registry behind a name, and how it is reached.

import type { ImageReference } from '../image/image-reference.ts';

export interface RegistryAddress {
  /** As the user knows it: `docker.io`, `registry.local:5000`. */
  readonly name: string;
  /** Beginning of every address: `https://registry-1.docker.io/v2/library/busybox`. */
  readonly base: string;
  /** `library/busybox` */
  readonly path: string;
}

const HUB = { name: 'docker.io', host: 'registry-1.docker.io' } as const;

/** `insecure`: registries reached by plain HTTP, besides those on this machine. */
export function findRegistry({ repository }: ImageReference, insecure: readonly string[]): RegistryAddress {
  const [first = '', ...rest] = repository.split('/');
  const isHub = rest.length === 0 || !/[.:]|^localhost$/.test(first);
  const name = isHub ? HUB.name : first;
  const path = isHub ? (rest.length === 0 ? `library/${repository}` : repository) : rest.join('/');
  const plain = !isHub && (isThisMachine(name) || insecure.includes(name));
  return { name, base: `${plain ? 'http' : 'https'}://${isHub ? HUB.host : name}/v2/${path}`, path };
}

function isThisMachine(name: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(name);
}
