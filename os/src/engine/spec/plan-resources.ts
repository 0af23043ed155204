// Limits of a container (cgroup v2, through the OCI fields that crun translates) and the devices it may use.

import type { HostConfig } from '@drover/docker-api';
import type { OciDevice, OciDeviceRule } from './oci-spec.ts';

/** Allowed in every container: zero, full, null, urandom, random, tty, console, ptmx, pts; making nodes of any kind. */
const DEFAULT_RULES: readonly OciDeviceRule[] = [
  { allow: false, access: 'rwm' },
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'b', access: 'm' },
  ...([[1, 3], [1, 5], [1, 7], [1, 8], [1, 9], [5, 0], [5, 1], [5, 2]] as const).map(([major, minor]) => ({ allow: true, type: 'c' as const, major, minor, access: 'rwm' })),
  { allow: true, type: 'c', major: 136, access: 'rwm' },
];

export interface GrantedDevice {
  readonly device: OciDevice;
  /** Of r, w, m. */
  readonly access: string;
}

export function planDeviceRules(hostConfig: HostConfig, granted: readonly GrantedDevice[]): OciDeviceRule[] {
  if (hostConfig.Privileged === true) return [{ allow: true, access: 'rwm' }];
  const rules = granted.map(({ device, access }) => ({ allow: true, type: device.type, major: device.major, minor: device.minor, access }));
  const extra = (hostConfig.DeviceCgroupRules ?? []).flatMap((text) => parseDeviceRule(text) ?? []);
  return [...DEFAULT_RULES, ...rules, ...extra];
}

/** `c 189:* rwm`; undefined when it is not a rule. */
export function parseDeviceRule(text: string): OciDeviceRule | undefined {
  const match = /^([abc]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/.exec(text);
  if (match === null) return undefined;
  const [, type, major, minor, access] = match;
  return {
    allow: true,
    type: type as 'a' | 'b' | 'c',
    ...(major !== '*' && { major: Number(major) }),
    ...(minor !== '*' && { minor: Number(minor) }),
    access: access!,
  };
}

/** Only what is limited: an empty object asks for nothing of the controllers. */
export function planResources(hostConfig: HostConfig): Readonly<Record<string, unknown>> {
  const memory = {
    ...(positive(hostConfig.Memory) && { limit: hostConfig.Memory }),
    ...(positive(hostConfig.MemoryReservation) && { reservation: hostConfig.MemoryReservation }),
    ...(hostConfig.MemorySwap !== undefined && hostConfig.MemorySwap !== 0 && { swap: hostConfig.MemorySwap }),
  };
  const nano = positive(hostConfig.NanoCpus) ? { period: 100_000, quota: Math.floor(hostConfig.NanoCpus! / 10_000) } : {};
  const cpu = {
    ...(positive(hostConfig.CpuShares) && { shares: hostConfig.CpuShares }),
    ...(positive(hostConfig.CpuPeriod) && { period: hostConfig.CpuPeriod }),
    ...(positive(hostConfig.CpuQuota) && { quota: hostConfig.CpuQuota }),
    ...nano,
    ...(hostConfig.CpusetCpus && { cpus: hostConfig.CpusetCpus }),
    ...(hostConfig.CpusetMems && { mems: hostConfig.CpusetMems }),
  };
  return {
    ...(Object.keys(memory).length > 0 && { memory }),
    ...(Object.keys(cpu).length > 0 && { cpu }),
    ...(positive(hostConfig.PidsLimit) && { pids: { limit: hostConfig.PidsLimit } }),
    ...(positive(hostConfig.BlkioWeight) && { blockIO: { weight: hostConfig.BlkioWeight } }),
  };
}

function positive(value: number | null | undefined): boolean {
  return value !== undefined && value !== null && value > 0;
}
