// All mounts of a new container, in moby's order of precedence: what it takes from others, its binds, its --mount
// requests, and for the volumes of the image what none of these covers.

import { join } from '@drover/core';
import type { ContainerConfig, HostConfig } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { MountRecord } from '../container/container-record.ts';
import { parseBind, parseMount, parseVolumesFrom } from './mount-request.ts';

export interface VolumeContext {
  readonly volumePath: (name: string) => string;
  readonly newVolumeName: () => string;
  readonly sourceExists: (path: string) => boolean;
  /** Mounts of another container. Throws `not-found`. */
  readonly mountsOf: (container: string) => readonly MountRecord[];
}

export function planVolumes(config: ContainerConfig, hostConfig: HostConfig, context: VolumeContext): MountRecord[] {
  const planned = new Map<string, MountRecord>();
  for (const text of hostConfig.VolumesFrom ?? []) {
    const { container, readWrite } = parseVolumesFrom(text);
    for (const mount of context.mountsOf(container)) {
      planned.set(mount.destination, { ...mount, copyUp: false, ...(readWrite === false && { readWrite, mode: 'ro' }) });
    }
  }
  const explicit = new Set<string>(Object.keys(hostConfig.Tmpfs ?? {}).map((path) => join(path)));
  const add = (mount: MountRecord): void => {
    if (explicit.has(mount.destination)) throw apiError('invalid-parameter', `Duplicate mount point: ${mount.destination}`);
    explicit.add(mount.destination);
    planned.set(mount.destination, mount);
  };
  for (const raw of hostConfig.Binds ?? []) add(parseBind(raw, context.volumePath));
  for (const request of hostConfig.Mounts ?? []) add(parseMount(request, context.volumePath, context.newVolumeName, context.sourceExists));
  for (const path of Object.keys(config.Volumes ?? {})) {
    const destination = join(path);
    if (!destination.startsWith('/') || destination === '/') throw apiError('invalid-parameter', `invalid volume specification: '${path}'`);
    if (planned.has(destination) || explicit.has(destination)) continue;
    const name = context.newVolumeName();
    planned.set(destination, {
      type: 'volume', name, source: context.volumePath(name), destination, mode: '', readWrite: true, propagation: '', recursive: true, createSource: false, copyUp: true, anonymous: true,
    });
  }
  return [...planned.values()];
}
