// Device nodes of the machine: those asked for with --device, and all of them for a privileged container.

import { join } from '@drover/core';
import type { Files, FileStatus } from '@drover/host';
import type { DeviceMapping } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { OciDevice } from './oci-spec.ts';
import type { GrantedDevice } from './plan-resources.ts';

/** Never passed on: each container has its own. */
const OWN = ['/dev/pts', '/dev/shm', '/dev/fd', '/dev/mqueue', '/dev/console', '/dev/ptmx', '/dev/.lxc', '/dev/.lxd-mounts', '/dev/.udev'];

export function readHostDevices(files: Files): OciDevice[] {
  return devicesBelow(files, '/dev', '/dev');
}

/** Throws `invalid-parameter` in moby's words. */
export function readGrantedDevices(files: Files, mappings: readonly DeviceMapping[]): GrantedDevice[] {
  return mappings.flatMap((mapping) => {
    const { PathOnHost: given, PathInContainer: wanted, CgroupPermissions: access } = mapping;
    const problem = (what: string): Error => apiError('invalid-parameter', `error gathering device information while adding custom device "${given}": ${what}`);
    const real = files.exists(given) ? files.realPath(given) : undefined;
    const status = real === undefined ? undefined : files.stat(real);
    if (real === undefined || status === undefined) throw problem('no such file or directory');
    const target = wanted === undefined || wanted === '' ? given : wanted;
    const devices = status.type === 'directory' ? devicesBelow(files, real, target) : [toDevice(target, status)].flatMap((one) => one ?? []);
    if (devices.length === 0) throw problem('not a device node');
    return devices.map((device) => ({ device, access: access === undefined || access === '' ? 'rwm' : access }));
  });
}

function devicesBelow(files: Files, directory: string, target: string): OciDevice[] {
  return files.list(directory).flatMap((name) => {
    const path = join(directory, name);
    if (OWN.includes(path)) return [];
    const status = files.lstat(path);
    if (status?.type === 'directory') return devicesBelow(files, path, join(target, name));
    const device = status === undefined ? undefined : toDevice(join(target, name), status);
    return device === undefined ? [] : [device];
  });
}

function toDevice(path: string, status: FileStatus): OciDevice | undefined {
  if (status.type !== 'block' && status.type !== 'character') return undefined;
  const { mode, uid, gid, major, minor } = status;
  return { path, type: status.type === 'block' ? 'b' : 'c', major, minor, fileMode: mode, uid, gid };
}
