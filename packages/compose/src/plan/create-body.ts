// The body of POST /containers/create for one container of a service; the same as `docker compose` sends.

import type { ContainerCreateBody, HostConfig, PortBinding, RestartPolicy } from '@drover/docker-api';
import type { Service } from '../model/service.ts';
import type { DeviceRequest, Ulimit } from '../model/service-parts.ts';
import { parseDuration } from '../validate/parse-duration.ts';
import { linksOf, networksOf } from './attachments.ts';
import type { CreateInput } from './create-input.ts';
import { mountsOf } from './mounts.ts';

/** Fields that only this library sends. */
type FullHostConfig = HostConfig & Readonly<Record<string, unknown>>;

export function createBody(input: CreateInput): ContainerCreateBody {
  const { service } = input;
  const [main] = networksOf(input);
  const ports = portBindings(service);
  return {
    ...(service.hostname !== undefined && { Hostname: service.hostname }),
    ...(service.domainname !== undefined && { Domainname: service.domainname }),
    ...(service.user !== undefined && { User: service.user }),
    AttachStdout: true,
    AttachStderr: true,
    ...(service.tty === true && { Tty: true }),
    ...(service.stdin_open === true && { OpenStdin: true }),
    ExposedPorts: Object.fromEntries([...Object.keys(ports), ...exposed(service)].map((port) => [port, {}])),
    Env: environmentOf(service),
    ...(service.command !== undefined && service.command !== null && { Cmd: service.command }),
    ...(service.entrypoint !== undefined && service.entrypoint !== null && { Entrypoint: service.entrypoint }),
    Image: input.image,
    ...(service.working_dir !== undefined && { WorkingDir: service.working_dir }),
    Labels: { ...service.labels, ...input.labels },
    ...(service.stop_signal !== undefined && { StopSignal: service.stop_signal }),
    ...(service.stop_grace_period !== undefined && { StopTimeout: Math.floor((parseDuration(service.stop_grace_period) ?? 0) / 1e9) }),
    ...healthcheck(service),
    ...(service.mac_address !== undefined && main === undefined && { MacAddress: service.mac_address }),
    HostConfig: hostConfig(input, main?.name, ports),
    ...(main !== undefined && { NetworkingConfig: { EndpointsConfig: { [main.name]: main.endpoint } } }),
  };
}

export function environmentOf({ environment = {} }: Pick<Service, 'environment'>): string[] {
  return Object.entries(environment).map(([key, value]) => (value === null ? key : `${key}=${value}`));
}

// ---- what runs where

function hostConfig(input: CreateInput, network: string | undefined, ports: Record<string, PortBinding[]>): FullHostConfig {
  const { service } = input;
  const { limits, reservations } = service.deploy?.resources ?? {};
  const mounts = mountsOf(input);
  const config: Record<string, unknown> = {
    NetworkMode: network ?? namespaceMode(service.network_mode ?? 'none', input),
    RestartPolicy: restartPolicy(service),
    PortBindings: ports,
    Binds: mounts.binds,
    Mounts: mounts.requests,
    Tmpfs: Object.fromEntries((service.tmpfs ?? []).map((one) => [one.split(':', 1)[0]!, one.includes(':') ? one.slice(one.indexOf(':') + 1) : ''])),
    VolumesFrom: (service.volumes_from ?? []).flatMap((from) => volumesFrom(from, input)),
    Links: network === undefined ? linksOf(input) : [],
    CapAdd: service.cap_add, CapDrop: service.cap_drop,
    CgroupParent: service.cgroup_parent, CgroupnsMode: service.cgroup,
    Dns: service.dns, DnsOptions: service.dns_opt, DnsSearch: service.dns_search,
    ExtraHosts: service.extra_hosts?.map((one) => one.replace('=', ':')),
    GroupAdd: service.group_add,
    IpcMode: service.ipc === undefined ? undefined : namespaceMode(service.ipc, input),
    PidMode: service.pid === undefined || service.pid === null ? undefined : namespaceMode(service.pid, input),
    UTSMode: service.uts, UsernsMode: service.userns_mode, Isolation: service.isolation, Runtime: service.runtime,
    Privileged: service.privileged, ReadonlyRootfs: service.read_only, Init: service.init,
    SecurityOpt: service.security_opt, StorageOpt: service.storage_opt, Sysctls: service.sysctls, ShmSize: service.shm_size,
    Annotations: service.annotations,
    OomKillDisable: service.oom_kill_disable, OomScoreAdj: service.oom_score_adj,
    LogConfig: service.logging === undefined ? undefined : { Type: service.logging.driver ?? '', Config: service.logging.options ?? {} },
    Memory: limits?.memory ?? service.mem_limit,
    MemoryReservation: reservations?.memory ?? service.mem_reservation,
    MemorySwap: service.memswap_limit, MemorySwappiness: service.mem_swappiness,
    PidsLimit: limits?.pids ?? service.pids_limit,
    NanoCpus: nanoCpus(limits?.cpus ?? service.cpus),
    CpuPeriod: service.cpu_period, CpuQuota: service.cpu_quota, CpuRealtimePeriod: service.cpu_rt_period, CpuRealtimeRuntime: service.cpu_rt_runtime,
    CpuShares: service.cpu_shares, CpuCount: service.cpu_count, CpuPercent: service.cpu_percent, CpusetCpus: service.cpuset,
    Ulimits: ulimitsOf(service.ulimits ?? {}),
    Devices: service.devices?.map((one) => ({ PathOnHost: one.source, PathInContainer: one.target ?? one.source, CgroupPermissions: one.permissions ?? 'rwm' })),
    DeviceCgroupRules: service.device_cgroup_rules,
    DeviceRequests: [...(service.gpus ?? []).map((one) => deviceRequest(one, [['gpu']])), ...(reservations?.devices ?? []).map((one) => deviceRequest(one, []))],
    ...blkio(service),
  };
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isNothing(value)));
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** `service:NAME` is the namespace of its first container. */
function namespaceMode(mode: string, input: Pick<CreateInput, 'containersOf'>): string {
  if (!mode.startsWith('service:')) return mode;
  return `container:${input.containersOf(mode.slice('service:'.length))[0] ?? mode.slice('service:'.length)}`;
}

function volumesFrom(from: string, input: Pick<CreateInput, 'containersOf'>): string[] {
  if (from.startsWith('container:')) return [from.slice('container:'.length)];
  const [service, mode] = from.split(':') as [string, string?];
  return input.containersOf(service).map((container) => (mode === undefined ? container : `${container}:${mode}`));
}

function restartPolicy(service: Service): RestartPolicy {
  if (service.restart !== undefined) {
    const [name, count] = service.restart.split(':') as [NonNullable<RestartPolicy['Name']>, string?];
    return { Name: name, ...(count !== undefined && { MaximumRetryCount: Number(count) }) };
  }
  const policy = service.deploy?.restart_policy;
  if (policy === undefined) return { Name: '' };
  const name = policy.condition === 'none' ? 'no' : policy.condition === 'on-failure' ? 'on-failure' : 'always';
  return { Name: name, ...(name === 'on-failure' && policy.max_attempts !== undefined && { MaximumRetryCount: policy.max_attempts }) };
}

function portBindings(service: Service): Record<string, PortBinding[]> {
  const bindings: Record<string, PortBinding[]> = {};
  for (const port of service.ports ?? []) {
    const key = `${port.target}/${port.protocol ?? 'tcp'}`;
    (bindings[key] ??= []).push({ HostIp: port.host_ip ?? '', HostPort: port.published ?? '' });
  }
  return bindings;
}

function exposed(service: Service): string[] {
  return (service.expose ?? []).flatMap((one) => {
    const [range, protocol = 'tcp'] = one.split('/') as [string, string?];
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return Array.from({ length: last - first + 1 }, (_, i) => `${first + i}/${protocol}`);
  });
}

function healthcheck(service: Service): Pick<ContainerCreateBody, 'Healthcheck'> {
  const check = service.healthcheck;
  if (check === undefined) return {};
  const nanoseconds = (text: string | undefined): number => (text === undefined ? 0 : (parseDuration(text) ?? 0));
  const test = check.disable === true ? ['NONE'] : check.test;
  const startInterval = nanoseconds(check.start_interval);
  return {
    Healthcheck: {
      ...(test !== undefined && { Test: test }),
      Interval: nanoseconds(check.interval), Timeout: nanoseconds(check.timeout), StartPeriod: nanoseconds(check.start_period),
      ...(startInterval > 0 && { StartInterval: startInterval }),
      ...(check.retries !== undefined && { Retries: check.retries }),
    },
  };
}

function nanoCpus(cpus: number | undefined): number | undefined {
  return cpus === undefined ? undefined : Math.round(cpus * 1e9);
}

/** As the engine takes them, for containers and for builds. */
export function ulimitsOf(limits: Readonly<Record<string, Ulimit>>): NonNullable<HostConfig['Ulimits']> {
  return Object.entries(limits).map(([Name, limit]) => (typeof limit === 'number' ? { Name, Soft: limit, Hard: limit } : { Name, Soft: limit.soft, Hard: limit.hard }));
}

function deviceRequest(request: DeviceRequest, capabilities: readonly (readonly string[])[]): Readonly<Record<string, unknown>> {
  return {
    Driver: request.driver ?? '', Count: request.count ?? 0, DeviceIDs: request.device_ids ?? null,
    Capabilities: request.capabilities === undefined ? capabilities : [request.capabilities], Options: request.options ?? null,
  };
}

function blkio({ blkio_config: config }: Service): Readonly<Record<string, unknown>> {
  if (config === undefined) return {};
  const rates = (devices: typeof config.device_read_bps): unknown => devices?.map((one) => ({ Path: one.path, Rate: one.rate ?? 0 }));
  return {
    BlkioWeight: config.weight,
    BlkioWeightDevice: config.weight_device?.map((one) => ({ Path: one.path, Weight: one.weight ?? 0 })),
    BlkioDeviceReadBps: rates(config.device_read_bps), BlkioDeviceReadIOps: rates(config.device_read_iops),
    BlkioDeviceWriteBps: rates(config.device_write_bps), BlkioDeviceWriteIOps: rates(config.device_write_iops),
  };
}
