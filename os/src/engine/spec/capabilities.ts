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
  /** What the engine itself has: nobody can give away more. */
  readonly own: readonly string[];
}

/** The effective set of a process, from its /proc/PID/status. */
export function parseCapabilities(status: string): string[] {
  // 41 bits: exact as a number, too many for bit operators.
  const mask = parseInt(/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0', 16);
  return ALL.filter((_, number) => Math.floor(mask / 2 ** number) % 2 === 1);
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

export function planCapabilities({ privileged, add, drop, own }: CapabilityOptions): string[] {
  if (privileged) return [...own];
  const added = normaliseCapabilities(add, 'CapAdd');
  const dropped = normaliseCapabilities(drop, 'CapDrop');
  if (added.includes(EVERY)) return own.filter((name) => !dropped.includes(name));
  const kept = dropped.includes(EVERY) ? [] : DEFAULT.filter((name) => !dropped.includes(name));
  return [...kept, ...added.filter((name) => !kept.includes(name))].filter((name) => own.includes(name));
}
