// A container as the API describes it: GET /containers/NAME/json.

import type { ContainerInspect, ContainerState, HostConfig, MountPoint } from '@drover/docker-api';
import { join } from '@drover/core';
import type { Engine } from '../engine.ts';
import { baseLayerOf, overlayFolders } from '../storage/overlay.ts';
import { renderNetworkSettings } from './render-network.ts';
import type { Container } from './container.ts';
import type { MountRecord } from './container-record.ts';
import { isAlive } from './container-states.ts';

export function renderState(container: Container): ContainerState {
  const { status, outcome, run, health } = container;
  return {
    Status: status,
    Running: isAlive(status),
    Paused: status === 'paused',
    Restarting: status === 'restarting',
    OOMKilled: outcome.oomKilled,
    Dead: status === 'dead',
    Pid: run?.phase === 'running' ? run.pid : 0,
    ExitCode: outcome.exitCode,
    Error: outcome.error,
    StartedAt: outcome.startedAt,
    FinishedAt: outcome.finishedAt,
    ...(health !== undefined && { Health: health.state }),
  };
}

export function renderMountPoint(mount: MountRecord): MountPoint {
  return {
    Type: mount.type,
    ...(mount.name !== undefined && { Name: mount.name }),
    Source: mount.source,
    Destination: mount.destination,
    ...(mount.type === 'volume' && { Driver: 'local' }),
    Mode: mount.type === 'volume' && mount.mode === '' && mount.anonymous !== true ? 'z' : mount.mode,
    RW: mount.readWrite,
    Propagation: mount.propagation,
  };
}

export function renderInspect(engine: Engine, container: Container): ContainerInspect {
  const { paths } = engine;
  const { id, record, outcome } = container;
  const { upper, work, merged } = overlayFolders(paths, id);
  const layers = engine.images.get(record.imageId)?.layers ?? [];
  const bundle = paths.bundle(id);
  return {
    Id: id,
    Created: record.createdAt,
    Path: record.path,
    Args: record.args,
    State: renderState(container),
    Image: record.imageId,
    ResolvConfPath: join(bundle, 'resolv.conf'),
    HostnamePath: join(bundle, 'hostname'),
    HostsPath: join(bundle, 'hosts'),
    LogPath: record.hostConfig.LogConfig?.Type === 'none' ? '' : paths.log(id),
    Name: `/${record.name}`,
    RestartCount: outcome.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: record.hostConfig.Privileged === true ? 'unconfined' : '',
    ExecIDs: container.execIds.size === 0 ? null : [...container.execIds],
    HostConfig: renderHostConfig(record.hostConfig),
    GraphDriver: { Name: 'overlay2', Data: { LowerDir: [...layers.toReversed(), baseLayerOf(paths)].join(':'), MergedDir: merged, UpperDir: upper, WorkDir: work } },
    Mounts: record.mounts.map(renderMountPoint),
    Config: { ...CONFIG_DEFAULTS, ...record.config },
    NetworkSettings: renderNetworkSettings(engine, container),
  };
}

const CONFIG_DEFAULTS = { Domainname: '', AttachStdin: false, AttachStdout: false, AttachStderr: false, Tty: false, OpenStdin: false, StdinOnce: false, OnBuild: null };

/** Clients expect every field to be there. */
const HOST_CONFIG_DEFAULTS: Readonly<Record<string, unknown>> = {
  Binds: null, ContainerIDFile: '', PortBindings: {}, AutoRemove: false, VolumeDriver: '', VolumesFrom: null, ConsoleSize: [0, 0], CapAdd: null, CapDrop: null,
  Dns: [], DnsOptions: [], DnsSearch: [], ExtraHosts: null, GroupAdd: null, Cgroup: '', Links: null, OomScoreAdj: 0, PidMode: '', Privileged: false,
  PublishAllPorts: false, ReadonlyRootfs: false, SecurityOpt: null, UTSMode: '', UsernsMode: '', Isolation: '', CpuShares: 0, Memory: 0, NanoCpus: 0,
  CgroupParent: '', BlkioWeight: 0, BlkioWeightDevice: [], BlkioDeviceReadBps: [], BlkioDeviceWriteBps: [], BlkioDeviceReadIOps: [], BlkioDeviceWriteIOps: [],
  CpuPeriod: 0, CpuQuota: 0, CpuRealtimePeriod: 0, CpuRealtimeRuntime: 0, CpusetCpus: '', CpusetMems: '', Devices: [], DeviceCgroupRules: null,
  DeviceRequests: null, MemoryReservation: 0, MemorySwap: 0, MemorySwappiness: null, OomKillDisable: null, PidsLimit: null, Ulimits: [], CpuCount: 0, CpuPercent: 0,
  IOMaximumIOps: 0, IOMaximumBandwidth: 0,
};

/** How the docker command says that it leaves the choice to the engine. */
const NOT_ASKED: Readonly<Record<string, number>> = { MemorySwappiness: -1, PidsLimit: 0 };

function renderHostConfig(hostConfig: HostConfig): HostConfig {
  const given = Object.entries(hostConfig).filter(([name, value]) => value !== null && value !== undefined && value !== NOT_ASKED[name]);
  return { ...HOST_CONFIG_DEFAULTS, MaskedPaths: null, ReadonlyPaths: null, ...Object.fromEntries(given) };
}
