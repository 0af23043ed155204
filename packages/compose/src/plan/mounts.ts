// What of the machine, of volumes and of the compose files a container of a service sees.

import type { MountRequest } from '@drover/docker-api';
import type { Mount } from '../model/service-parts.ts';
import type { CreateInput } from './create-input.ts';

export function mountsOf(input: CreateInput): { readonly binds: readonly string[]; readonly requests: readonly MountRequest[] } {
  const binds: string[] = [];
  const requests: MountRequest[] = [];
  const targets = new Set<string>();
  for (const mount of [...(input.service.volumes ?? []), ...fileMounts(input)]) {
    targets.add(mount.target);
    // Only a bind in this form makes a folder that is missing.
    if (mount.type === 'bind' && mount.bind?.create_host_path === true) binds.push(bindText(mount));
    else requests.push(mountRequest(input, mount));
  }
  for (const [target, volume] of input.inherited) if (!targets.has(target)) requests.push({ Type: 'volume', Source: volume, Target: target });
  return { binds, requests };
}

function bindText(mount: Mount): string {
  const options = [mount.read_only === true ? 'ro' : 'rw', mount.bind?.selinux, mount.bind?.propagation].filter((one) => one !== undefined);
  return `${mount.source!}:${mount.target}:${options.join(',')}`;
}

function mountRequest({ project, inherited }: CreateInput, mount: Mount): MountRequest {
  const readOnly = mount.read_only === true ? { ReadOnly: true } : {};
  if (mount.type === 'tmpfs') {
    const { size, mode } = mount.tmpfs ?? {};
    return { Type: 'tmpfs', Target: mount.target, ...readOnly, ...((size ?? mode) !== undefined && { TmpfsOptions: { ...(size !== undefined && { SizeBytes: size }), ...(mode !== undefined && { Mode: mode }) } }) };
  }
  if (mount.type === 'volume') {
    const source = mount.source === undefined || mount.source === '' ? inherited.get(mount.target) : (project.volumes[mount.source]?.name ?? mount.source);
    const { nocopy, subpath } = mount.volume ?? {};
    return { Type: 'volume', ...(source !== undefined && { Source: source }), Target: mount.target, ...readOnly, VolumeOptions: { ...(nocopy === true && { NoCopy: true }), ...(subpath !== undefined && { Subpath: subpath }) } };
  }
  const propagation = mount.bind?.propagation as NonNullable<NonNullable<MountRequest['BindOptions']>['Propagation']> | undefined;
  return { Type: mount.type, ...(mount.source !== undefined && { Source: mount.source }), Target: mount.target, ...readOnly, ...(propagation !== undefined && { BindOptions: { Propagation: propagation } }) };
}

/** Secrets and configs that are files are mounted; the others are put into the container once it is there. */
function fileMounts({ project, service }: CreateInput): Mount[] {
  const bind = (section: 'secrets' | 'configs', folder: string) => (service[section] ?? []).flatMap((one): Mount[] => {
    const file = project[section][one.source]?.file;
    return file === undefined ? [] : [{ type: 'bind', source: file, target: targetBelow(one.target ?? one.source, folder), read_only: true }];
  });
  return [...bind('secrets', '/run/secrets/'), ...bind('configs', '/')];
}

export function targetBelow(target: string, folder: string): string {
  return target.startsWith('/') ? target : folder + target;
}
