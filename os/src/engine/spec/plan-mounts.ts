// The mounts of a container: moby's defaults, the files that the engine provides, the user's binds, volumes and tmpfs.

import { isWithin } from '@drover/core';
import type { HostConfig } from '@drover/docker-api';
import type { MountRecord } from '../container/container-record.ts';
import type { OciMount } from './oci-spec.ts';

export interface MountInput {
  readonly hostConfig: HostConfig;
  readonly mounts: readonly MountRecord[];
  /** Files that the engine binds into every container: destination -> source. */
  readonly provided: Readonly<Record<string, string>>;
  /** Folder on the host that is the container's /dev/shm; undefined for one of its own. */
  readonly sharedMemory: string | undefined;
}

const SHM_BYTES = 64 << 20;

export function planMounts(input: MountInput): OciMount[] {
  const { hostConfig } = input;
  const writable = hostConfig.Privileged === true;
  const users = [...tmpfsMounts(hostConfig), ...input.mounts.map(renderMount)].sort(byDepth);
  const taken = users.map((mount) => mount.destination);
  const hidden = (destination: string): boolean =>
    // Who mounts something at /dev wants nothing of ours below it; elsewhere only the same place counts.
    taken.some((one) => one === destination || (one === '/dev' && isWithin('/dev', destination)));
  const ours = [...defaultMounts(hostConfig, writable), ...sharedMemoryMount(input), ...providedMounts(input)];
  return [...ours.filter((mount) => !hidden(mount.destination)), ...users];
}

function defaultMounts(hostConfig: HostConfig, writable: boolean): OciMount[] {
  const access = writable ? 'rw' : 'ro';
  const kernel = ['nosuid', 'noexec', 'nodev'];
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: kernel },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
    { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'] },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...kernel, access] },
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...kernel, access] },
    ...(hostConfig.IpcMode === 'host' ? [bind('/dev/mqueue', '/dev/mqueue')] : [{ destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: kernel }]),
  ];
}

function sharedMemoryMount({ hostConfig, sharedMemory }: MountInput): OciMount[] {
  if (hostConfig.IpcMode === 'none') return [];
  if (sharedMemory !== undefined) return [bind('/dev/shm', sharedMemory)];
  const size = hostConfig.ShmSize === undefined || hostConfig.ShmSize <= 0 ? SHM_BYTES : hostConfig.ShmSize;
  return [{ destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${size}`] }];
}

function providedMounts({ hostConfig, provided }: MountInput): OciMount[] {
  const access = hostConfig.ReadonlyRootfs === true ? ['ro'] : [];
  return Object.entries(provided).map(([destination, source]) => bind(destination, source, access));
}

function bind(destination: string, source: string, more: readonly string[] = []): OciMount {
  return { destination, type: 'bind', source, options: ['rbind', 'rprivate', ...more] };
}

function renderMount(mount: MountRecord): OciMount {
  const access = mount.readWrite ? [] : ['ro'];
  if (mount.type === 'tmpfs') {
    return { destination: mount.destination, type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'noexec', ...access, ...words(mount.tmpfsOptions)] };
  }
  const how = mount.recursive ? 'rbind' : 'bind';
  return { destination: mount.destination, type: 'bind', source: mount.source, options: [how, mount.propagation === '' ? 'rprivate' : mount.propagation, ...access] };
}

/** --tmpfs: the user's options win over the safe defaults. */
function tmpfsMounts(hostConfig: HostConfig): OciMount[] {
  return Object.entries(hostConfig.Tmpfs ?? {}).map(([destination, options]) => {
    const given = words(options);
    const opposites: Readonly<Record<string, string>> = { noexec: 'exec', nosuid: 'suid', nodev: 'dev' };
    const defaults = Object.keys(opposites).filter((word) => !given.includes(opposites[word]!) && !given.includes(word));
    return { destination, type: 'tmpfs', source: 'tmpfs', options: [...defaults, ...given] };
  });
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((word) => word !== '');
}

/** A mount comes after what it lies in. */
function byDepth(a: OciMount, b: OciMount): number {
  return depth(a.destination) - depth(b.destination);
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '').length;
}

/** What the container's root must be for its binds to pass on mounts, or undefined when the default will do. */
export function planRootPropagation(mounts: readonly MountRecord[]): string | undefined {
  const all = new Set(mounts.map((mount) => mount.propagation));
  if (all.has('shared') || all.has('rshared')) return 'rshared';
  return all.has('slave') || all.has('rslave') ? 'rslave' : undefined;
}
