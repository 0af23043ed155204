// The mounts of the machine as tables. `initrd`: what the first stage needs. `system`: what the running system adds.

import { codeOf } from '@drover/core';
import type { Mount, SystemHost } from '@drover/host';

export const INITRD_MOUNTS: readonly Mount[] = [
  { source: 'proc', target: '/proc', type: 'proc', flags: ['nosuid', 'nodev', 'noexec'] },
  { source: 'sysfs', target: '/sys', type: 'sysfs', flags: ['nosuid', 'nodev', 'noexec'] },
  { source: 'devtmpfs', target: '/dev', type: 'devtmpfs', flags: ['nosuid'], data: 'mode=755' },
  { source: 'tmpfs', target: '/run', type: 'tmpfs', flags: ['nosuid', 'nodev'], data: 'mode=755,size=20%' },
];

/** Not bpf: mounting it costs 1.7 s under emulation (it loads a module with programs in it), and nothing here uses it. */
export const SYSTEM_MOUNTS: readonly Mount[] = [
  { source: 'devpts', target: '/dev/pts', type: 'devpts', flags: ['nosuid', 'noexec'], data: 'gid=5,mode=620,ptmxmode=666' },
  { source: 'tmpfs', target: '/dev/shm', type: 'tmpfs', flags: ['nosuid', 'nodev', 'noexec'], data: 'mode=1777,size=65536k' },
  { source: 'mqueue', target: '/dev/mqueue', type: 'mqueue', flags: ['nosuid', 'nodev', 'noexec'] },
  { source: 'cgroup2', target: '/sys/fs/cgroup', type: 'cgroup2', flags: ['nosuid', 'nodev', 'noexec'], data: 'nsdelegate' },
  { source: 'securityfs', target: '/sys/kernel/security', type: 'securityfs', flags: ['nosuid', 'nodev', 'noexec'] },
  // What the console mounts below /mnt and /media is there for the machine and for other containers, too.
  { source: 'none', target: '/', type: '', flags: ['rshared'] },
];

/** Mounts that some kernels do not have and that nothing depends on. */
const OPTIONAL = new Set(['securityfs', 'mqueue']);

/** Mounts what is not mounted yet; missing mount points are made. */
export function applyMounts(host: SystemHost, mounts: readonly Mount[]): string | undefined {
  const skipped: string[] = [];
  for (const mount of mounts) {
    try {
      if (!host.files.exists(mount.target)) host.files.makeDirectory(mount.target);
      host.mounts.mount(mount);
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (codeOf(cause) === 'EBUSY') continue; // mounted already: a crashed PID 1 starts over
      if (!OPTIONAL.has(mount.type)) throw error;
      skipped.push(`${mount.type} (${codeOf(cause) ?? codeOf(error) ?? 'failed'})`);
    }
  }
  return skipped.length === 0 ? undefined : `without ${skipped.join(', ')}`;
}

/** As the shell would do it, for logs and tests. */
export function renderMounts(mounts: readonly Mount[]): string {
  return mounts.map(({ source, target, type, flags = [], data = '' }) => `mount -t ${type} -o ${[...flags, ...(data === '' ? [] : [data])].join(',')} ${source} ${target}\n`).join('');
}
