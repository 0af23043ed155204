// A container as an OCI runtime specification. Pure: everything it needs of the machine was looked up before.

import type { ContainerConfig, HostConfig } from '@drover/docker-api';
import type { MountRecord } from '../container/container-record.ts';
import { planCapabilities } from './capabilities.ts';
import type { NamespaceType, OciDevice, OciProcess, OciSpec } from './oci-spec.ts';
import { planMounts, planRootPropagation } from './plan-mounts.ts';
import type { GrantedDevice } from './plan-resources.ts';
import { planDeviceRules, planResources } from './plan-resources.ts';
import type { SeccompFilter } from './seccomp.ts';
import type { ProcessUser } from './user.ts';

/** `private`: a new one. `host`: the machine's. Otherwise the path of the namespace to join. */
export type NamespaceChoice = 'private' | 'host' | { readonly path: string };

export interface SpecInput {
  readonly command: readonly string[];
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly mounts: readonly MountRecord[];
  readonly rootPath: string;
  readonly cgroupsPath: string;
  readonly hostName: string;
  readonly user: ProcessUser;
  readonly namespaces: Readonly<Record<Exclude<NamespaceType, 'mount'>, NamespaceChoice>>;
  readonly provided: Readonly<Record<string, string>>;
  readonly sharedMemory: string | undefined;
  /** Devices asked for by name. */
  readonly granted: readonly GrantedDevice[];
  /** The machine's device nodes, for a privileged container. */
  readonly hostDevices: readonly OciDevice[];
  readonly ownCapabilities: readonly string[];
  /** Filter rules in OCI form, when the container gets any. */
  readonly seccomp?: SeccompFilter;
}

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const MASKED_PATHS: readonly string[] = [
  '/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list', '/proc/timer_stats', '/proc/sched_debug',
  '/proc/scsi', '/sys/firmware', '/sys/devices/virtual/powercap',
];
export const READONLY_PATHS: readonly string[] = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

export function renderSpec(input: SpecInput): OciSpec {
  const { config, hostConfig, namespaces } = input;
  const privileged = hostConfig.Privileged === true;
  const propagation = planRootPropagation(input.mounts);
  return {
    ociVersion: '1.0.2',
    process: {
      ...renderProcess({ ...input, terminal: config.Tty === true, privileged, env: renderEnv(config.Env ?? [], input.hostName, config.Tty === true), cwd: config.WorkingDir ?? '' }),
      oomScoreAdj: hostConfig.OomScoreAdj ?? 0,
    },
    root: { path: input.rootPath, readonly: hostConfig.ReadonlyRootfs === true },
    ...(namespaces.uts === 'private' && { hostname: input.hostName }),
    mounts: planMounts(input),
    linux: {
      cgroupsPath: input.cgroupsPath,
      namespaces: [{ type: 'mount' }, ...renderNamespaces(namespaces)],
      devices: privileged ? input.hostDevices : input.granted.map(({ device }) => device),
      resources: { devices: planDeviceRules(hostConfig, input.granted), ...planResources(hostConfig) },
      sysctl: planSysctls(hostConfig, namespaces.network),
      ...(propagation !== undefined && { rootfsPropagation: propagation }),
      maskedPaths: privileged ? [] : (hostConfig.MaskedPaths ?? MASKED_PATHS),
      readonlyPaths: privileged ? [] : (hostConfig.ReadonlyPaths ?? READONLY_PATHS),
      ...(input.seccomp !== undefined && { seccomp: input.seccomp }),
    },
  };
}

export interface ProcessInput {
  readonly command: readonly string[];
  readonly terminal: boolean;
  readonly privileged: boolean;
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: ProcessUser;
  readonly hostConfig: HostConfig;
  readonly ownCapabilities: readonly string[];
}

/** Also the whole of what an exec needs. */
export function renderProcess(input: ProcessInput): OciProcess {
  const { hostConfig, user } = input;
  const capabilities = planCapabilities({ privileged: input.privileged, add: hostConfig.CapAdd ?? [], drop: hostConfig.CapDrop ?? [], own: input.ownCapabilities });
  return {
    terminal: input.terminal,
    user: { uid: user.uid, gid: user.gid, additionalGids: user.groups },
    args: input.command,
    env: input.env,
    cwd: input.cwd === '' ? '/' : input.cwd,
    // Of another user's process only the bounding set: what execve would leave it.
    capabilities: user.uid === 0 ? { bounding: capabilities, effective: capabilities, permitted: capabilities } : { bounding: capabilities },
    rlimits: (hostConfig.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({ type: `RLIMIT_${Name.toUpperCase()}`, soft: Soft, hard: Hard })),
    noNewPrivileges: (hostConfig.SecurityOpt ?? []).some((option) => /^no-new-privileges([:=]true)?$/.test(option)),
  };
}

/** The engine's own variables first; the container's replace them by name; a bare name removes one. */
export function renderEnv(given: readonly string[], hostName: string, terminal: boolean): string[] {
  const variables = new Map<string, string>([['PATH', DEFAULT_PATH], ['HOSTNAME', hostName]]);
  if (terminal) variables.set('TERM', 'xterm');
  for (const entry of given) {
    const equals = entry.indexOf('=');
    if (equals < 0) variables.delete(entry);
    else variables.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  return [...variables].map(([name, value]) => `${name}=${value}`);
}

function renderNamespaces(choices: SpecInput['namespaces']): { type: NamespaceType; path?: string }[] {
  const types = ['pid', 'network', 'ipc', 'uts', 'cgroup'] as const;
  return types.flatMap((type) => {
    const choice = choices[type];
    if (choice === 'host') return [];
    return [choice === 'private' ? { type } : { type, path: choice.path }];
  });
}

/** In a network of its own, a container may use low ports and ping without privilege, as in moby. */
function planSysctls(hostConfig: HostConfig, network: NamespaceChoice): Record<string, string> {
  const own = network === 'private' ? { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' } : {};
  return { ...own, ...hostConfig.Sysctls };
}
