// The types of the bodies that clients send: what docker-api's types.ts promises, checked when they come in.

import type { ContainerCreateBody, DeviceMapping, ExecCreateBody, HealthConfig, HostConfig, LogConfig, MountRequest, NetworkCreateBody, PortBinding, RestartPolicy, Ulimit } from '@drover/docker-api';
import type { Shape } from './check-shape.ts';

type Fields<T> = Readonly<Record<keyof T, Shape>>;

const TEXTS: Shape = { list: 'string' };
const TEXT_MAP: Shape = { map: 'string' };

const HEALTH = { Test: TEXTS, Interval: 'number', Timeout: 'number', StartPeriod: 'number', StartInterval: 'number', Retries: 'number' } satisfies Fields<HealthConfig>;
const LOG = { Type: 'string', Config: TEXT_MAP } satisfies Fields<LogConfig>;
const RESTART = { Name: 'string', MaximumRetryCount: 'number' } satisfies Fields<RestartPolicy>;
const DEVICE = { PathOnHost: 'string', PathInContainer: 'string', CgroupPermissions: 'string' } satisfies Fields<DeviceMapping>;
const ULIMIT = { Name: 'string', Soft: 'number', Hard: 'number' } satisfies Fields<Ulimit>;
const PORT = { HostIp: 'string', HostPort: 'string' } satisfies Fields<PortBinding>;
const MOUNT = {
  Type: 'string', Source: 'string', Target: 'string', ReadOnly: 'bool',
  BindOptions: { fields: { Propagation: 'string', NonRecursive: 'bool', CreateMountpoint: 'bool' } },
  VolumeOptions: { fields: { NoCopy: 'bool', Labels: TEXT_MAP, Subpath: 'string' } },
  TmpfsOptions: { fields: { SizeBytes: 'number', Mode: 'number' } },
} satisfies Fields<MountRequest>;

const HOST_FIELDS = {
  Binds: TEXTS, ContainerIDFile: 'string', LogConfig: { fields: LOG }, NetworkMode: 'string', PortBindings: { map: { list: { fields: PORT } } }, RestartPolicy: { fields: RESTART },
  AutoRemove: 'bool', VolumeDriver: 'string', VolumesFrom: TEXTS, Mounts: { list: { fields: MOUNT } }, CapAdd: TEXTS, CapDrop: TEXTS, CgroupnsMode: 'string', Dns: TEXTS,
  DnsOptions: TEXTS, DnsSearch: TEXTS, ExtraHosts: TEXTS, GroupAdd: TEXTS, IpcMode: 'string', Links: TEXTS, OomScoreAdj: 'number', PidMode: 'string', Privileged: 'bool',
  PublishAllPorts: 'bool', ReadonlyRootfs: 'bool', SecurityOpt: TEXTS, StorageOpt: TEXT_MAP, Tmpfs: TEXT_MAP, UTSMode: 'string', UsernsMode: 'string', ShmSize: 'number',
  Sysctls: TEXT_MAP, Runtime: 'string', Isolation: 'string', MaskedPaths: TEXTS, ReadonlyPaths: TEXTS, Init: 'bool', CgroupParent: 'string', CpuShares: 'number',
  CpuPeriod: 'number', CpuQuota: 'number', NanoCpus: 'number', CpusetCpus: 'string', CpusetMems: 'string', BlkioWeight: 'number', Devices: { list: { fields: DEVICE } },
  DeviceCgroupRules: TEXTS, DeviceRequests: { list: 'any' }, Memory: 'number', MemoryReservation: 'number', MemorySwap: 'number', MemorySwappiness: 'number',
  OomKillDisable: 'bool', PidsLimit: 'number', Ulimits: { list: { fields: ULIMIT } },
} satisfies Fields<HostConfig>;

export const HOST_CONFIG: Shape = { fields: HOST_FIELDS };

export const ENDPOINT: Shape = {
  fields: { Aliases: TEXTS, Links: TEXTS, IPAMConfig: { fields: { IPv4Address: 'string', IPv6Address: 'string', LinkLocalIPs: TEXTS } }, MacAddress: 'string', DriverOpts: TEXT_MAP },
};

export const NETWORK_CREATE: Shape = {
  fields: {
    Name: 'string', Driver: 'string', Options: TEXT_MAP, Internal: 'bool', Attachable: 'bool', EnableIPv6: 'bool', Labels: TEXT_MAP,
    IPAM: { fields: { Driver: 'string', Options: TEXT_MAP, Config: { list: { fields: { Subnet: 'string', IPRange: 'string', Gateway: 'string', AuxiliaryAddresses: TEXT_MAP } } } } },
  } satisfies Fields<NetworkCreateBody>,
};

export const CONTAINER_CREATE: Shape = {
  fields: {
    Hostname: 'string', Domainname: 'string', User: 'string', AttachStdin: 'bool', AttachStdout: 'bool', AttachStderr: 'bool', ExposedPorts: { map: 'any' }, Tty: 'bool',
    OpenStdin: 'bool', StdinOnce: 'bool', Env: TEXTS, Cmd: 'words', Healthcheck: { fields: HEALTH }, Image: 'string', Volumes: { map: 'any' }, WorkingDir: 'string',
    Entrypoint: 'words', NetworkDisabled: 'bool', OnBuild: TEXTS, Labels: TEXT_MAP, StopSignal: 'string', StopTimeout: 'number', Shell: TEXTS,
    HostConfig: HOST_CONFIG, NetworkingConfig: { fields: { EndpointsConfig: { map: ENDPOINT } } },
  } satisfies Fields<ContainerCreateBody>,
};

export const EXEC_CREATE: Shape = {
  fields: {
    AttachStdin: 'bool', AttachStdout: 'bool', AttachStderr: 'bool', DetachKeys: 'string', Tty: 'bool', Env: TEXTS, Cmd: TEXTS, Privileged: 'bool', User: 'string', Detach: 'bool',
    WorkingDir: 'string', ConsoleSize: { list: 'number' },
  } satisfies Fields<ExecCreateBody>,
};
