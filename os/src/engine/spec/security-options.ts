// --security-opt NAME=VALUE, and NAME:VALUE as it was written before.

import type { HostConfig } from '@drover/docker-api';

/** The last one counts; undefined when there is none. */
export function readSecurityOption({ SecurityOpt: options }: HostConfig, name: string): string | undefined {
  const found = (options ?? []).findLast((option) => option === name || option.startsWith(`${name}=`) || option.startsWith(`${name}:`));
  return found?.slice(name.length + 1);
}
