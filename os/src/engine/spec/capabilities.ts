// Linux capabilities of a container: moby's default set, --cap-add, --cap-drop, --privileged.

import { apiError } from '../api-error.ts';

/** By number: CAP_CHOWN is 0. */
const ALL: readonly string[] = [
  'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE',
  'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN',
  'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE',
  'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE',
].map((name) => `CAP_${name}`);

const DEFAULT: readonly string[] = [
  'CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE',
].map((name) => `CAP_${name}`);

const EVERY = 'ALL';

export interface CapabilityOptions {
  readonly privileged: boolean;
  readonly add: readonly string[];
  readonly drop: readonly string[];
  /** The newest that the kernel knows: /proc/sys/kernel/cap_last_cap. */
  readonly last: number;
}

/** `net_admin` and `CAP_NET_ADMIN` -> `CAP_NET_ADMIN`; `all` -> `ALL`. Throws `invalid-parameter`. */
export function normaliseCapabilities(names: readonly string[], field: 'CapAdd' | 'CapDrop'): string[] {
  return names.map((given) => {
    const upper = given.toUpperCase();
    if (upper === EVERY) return EVERY;
    const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
    if (!ALL.includes(name)) throw apiError('invalid-parameter', `invalid ${field}: unknown capability: "${name}"`);
    return name;
  });
}

export function planCapabilities({ privileged, add, drop, last }: CapabilityOptions): string[] {
  const known = ALL.slice(0, last + 1);
  if (privileged) return known;
  const added = normaliseCapabilities(add, 'CapAdd');
  const dropped = normaliseCapabilities(drop, 'CapDrop');
  if (added.includes(EVERY)) return known.filter((name) => !dropped.includes(name));
  const kept = dropped.includes(EVERY) ? [] : DEFAULT.filter((name) => !dropped.includes(name));
  return [...kept, ...added.filter((name) => !kept.includes(name) && known.includes(name))];
}
