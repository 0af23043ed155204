// What a build wants that only BuildKit can do. This library speaks the engine's own builder, which every engine has.

import { RosError } from '@drover/core';
import type { Build } from '../model/service-parts.ts';

type NeedsBuildKit = readonly [key: string, is: (build: Build) => boolean];

const isGiven = (values: Readonly<Record<string, unknown>> | readonly unknown[] | undefined): boolean => values !== undefined && Object.keys(values).length > 0;

const ONLY_BUILDKIT: readonly NeedsBuildKit[] = [
  ['context: service:NAME', (build) => build.context.startsWith('service:')],
  ['secrets', (build) => isGiven(build.secrets)],
  ['ssh', (build) => isGiven(build.ssh)],
  ['additional_contexts', (build) => isGiven(build.additional_contexts)],
  ['cache_to', (build) => isGiven(build.cache_to)],
  ['entitlements', (build) => isGiven(build.entitlements)],
  ['privileged', (build) => build.privileged === true],
  ['several platforms', (build) => (build.platforms?.length ?? 0) > 1],
];

/** Throws `needs-buildkit`. */
export function checkBuild(service: string, build: Build): void {
  const keys = ONLY_BUILDKIT.filter(([, is]) => is(build)).map(([key]) => key);
  if (keys.length === 0) return;
  throw new RosError('needs-buildkit', `the build of the service ${service} needs BuildKit, which is not spoken here: ${keys.join(', ')}`, {
    hint: `build it with docker buildx build and name the image in services.${service}.image, or take ${keys.length === 1 ? 'this key' : 'these keys'} out`,
  });
}
