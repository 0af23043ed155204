// GET /info: the machine and the engine in about a hundred fields.

import type { SystemInfo } from '@drover/docker-api';
import { LOG_DRIVERS } from '../container/check-create.ts';
import type { Engine } from '../engine.ts';
import { VERSION } from '../../version.ts';
import type { ApiRequest } from './api-request.ts';

/** f_type of statfs(2), in the names that Docker has for file systems. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'extfs', 0x01021994: 'tmpfs', 0x58465342: 'xfs', 0x9123683e: 'btrfs', 0x794c7630: 'overlayfs', 0x73717368: 'squashfs', 0xf2f52010: 'f2fs', 0x2fc12fc1: 'zfs',
};

export async function sendInfo(engine: Engine, request: ApiRequest): Promise<void> {
  await request.send(200, renderInfo(engine));
}

function renderInfo(engine: Engine): SystemInfo {
  const { host, paths, containers, images } = engine;
  const { kernel, files } = host;
  const all = containers.list();
  const count = (...states: readonly string[]): number => all.filter(({ status }) => states.includes(status)).length;
  const backing = FILE_SYSTEMS[files.fileSystem(paths.dataRoot).type] ?? 'unknown';
  return {
    ID: engine.engineId,
    Containers: all.length,
    ContainersRunning: count('running', 'restarting'),
    ContainersPaused: count('paused'),
    ContainersStopped: count('created', 'exited', 'dead', 'removing'),
    Images: images.list().length,
    Driver: 'overlay2',
    DriverStatus: [['Backing Filesystem', backing], ['Supports d_type', 'true'], ['Using metacopy', 'false'], ['Native Overlay Diff', 'true'], ['userxattr', 'false']],
    Plugins: { Volume: ['local'], Network: ['host', 'null'], Authorization: null, Log: LOG_DRIVERS },
    ...LIMITS,
    NFd: 0,
    NGoroutines: 0,
    NEventsListener: 0,
    SystemTime: new Date(host.clock.now()).toISOString(),
    LoggingDriver: 'json-file',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: '2',
    KernelVersion: kernel.release,
    OperatingSystem: readOperatingSystem(engine),
    OSVersion: '',
    OSType: 'linux',
    Architecture: kernel.machine,
    NCPU: (files.readText('/proc/cpuinfo').match(/^processor\s*:/gm) ?? []).length,
    MemTotal: Number(/^MemTotal:\s+(\d+) kB/m.exec(files.readText('/proc/meminfo'))?.[1] ?? 0) * 1024,
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: { AllowNondistributableArtifactsCIDRs: null, AllowNondistributableArtifactsHostnames: null, InsecureRegistryCIDRs: [], IndexConfigs: {}, Mirrors: null },
    GenericResources: null,
    DockerRootDir: paths.dataRoot,
    HttpProxy: host.processes.env('HTTP_PROXY') ?? '',
    HttpsProxy: host.processes.env('HTTPS_PROXY') ?? '',
    NoProxy: host.processes.env('NO_PROXY') ?? '',
    Name: kernel.hostName(),
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: VERSION,
    Runtimes: { crun: { path: engine.programs.crun } },
    DefaultRuntime: 'crun',
    Swarm: { NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false, Error: '', RemoteManagers: null },
    LiveRestoreEnabled: true,
    Isolation: '',
    InitBinary: engine.programs.init ?? '',
    ContainerdCommit: { ID: '', Expected: '' },
    RuncCommit: { ID: '', Expected: '' },
    InitCommit: { ID: '', Expected: '' },
    SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
    CDISpecDirs: [],
    Warnings: null,
  };
}

const LIMITS = {
  MemoryLimit: true, SwapLimit: true, CpuCfsPeriod: true, CpuCfsQuota: true, CPUShares: true, CPUSet: true, PidsLimit: true, IPv4Forwarding: true,
  BridgeNfIptables: false, BridgeNfIp6tables: false, Debug: false, OomKillDisable: false,
};

function readOperatingSystem({ host }: Engine): string {
  const text = host.files.readTextIfPresent('/etc/os-release') ?? host.files.readTextIfPresent('/usr/lib/os-release') ?? '';
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? 'Linux';
}
