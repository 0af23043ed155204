// Looks up on the machine what the specification of a container depends on: users, devices, other containers.

import { join } from '@drover/core';
import type { HostConfig } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { Container } from '../container/container.ts';
import type { Engine } from '../engine.ts';
import { resolveInRoot } from '../storage/scoped-path.ts';
import { readGrantedDevices, readHostDevices } from './find-devices.ts';
import type { NamespaceMode, NetworkMode } from './namespace-modes.ts';
import { parseIpcMode, parseNetworkMode, parsePidMode, parsePlainMode } from './namespace-modes.ts';
import type { NamespaceChoice, SpecInput } from './render-spec.ts';
import type { ProcessUser } from './user.ts';
import { resolveUser } from './user.ts';

export const CGROUP_PARENT = '/system-docker';

/** Below the root of the cgroups. */
export function cgroupsPathOf({ id, record }: Container): string {
  return join('/', record.hostConfig.CgroupParent || CGROUP_PARENT, id);
}

/** Throws what a user can make wrong: `invalid-parameter`, `conflict`, `not-found`. */
export function gatherSpec(engine: Engine, container: Container, rootPath: string): SpecInput {
  const { host, programs } = engine;
  const { config, hostConfig, path, args, mounts } = container.record;
  const initPath = hostConfig.Init === true ? requireInit(programs.init) : undefined;
  const hostName = chooseHostName(engine, container);
  return {
    command: [...(initPath === undefined ? [] : [INIT_IN_CONTAINER, '--']), path, ...args],
    config,
    hostConfig,
    mounts,
    rootPath,
    cgroupsPath: cgroupsPathOf(container),
    hostName,
    user: readUser(engine, rootPath, config.User ?? '', hostConfig.GroupAdd ?? []),
    namespaces: chooseNamespaces(engine, container),
    provided: { ...writeProvidedFiles(engine, container, hostName), ...(initPath !== undefined && { [INIT_IN_CONTAINER]: initPath }) },
    sharedMemory: findSharedMemory(engine, container),
    granted: readGrantedDevices(host.files, hostConfig.Devices ?? []),
    hostDevices: hostConfig.Privileged === true ? readHostDevices(host.files) : [],
    ownCapabilities: engine.capabilities,
  };
}

/** Who joins another container's network has its name. */
function chooseHostName(engine: Engine, { record }: Container): string {
  const { config, hostConfig } = record;
  if (parsePlainMode(hostConfig.UTSMode, 'UTS').kind === 'host') return engine.host.kernel.hostName();
  const network = parseNetworkMode(hostConfig.NetworkMode);
  return network.kind === 'container' ? (engine.containers.require(network.container).record.config.Hostname ?? '') : (config.Hostname ?? '');
}

const INIT_IN_CONTAINER = '/sbin/docker-init';

function requireInit(path: string | undefined): string {
  if (path === undefined) throw apiError('system', 'exec: "docker-init": executable file not found in $PATH');
  return path;
}

export function readUser({ host }: Engine, rootPath: string, user: string, groups: readonly string[]): ProcessUser {
  const read = (path: string): string => host.files.readTextIfPresent(resolveInRoot(host.files, rootPath, path)) ?? '';
  return resolveUser(user, groups, read('/etc/passwd'), read('/etc/group'));
}

function chooseNamespaces(engine: Engine, container: Container): SpecInput['namespaces'] {
  const { hostConfig } = container.record;
  const choose = (mode: NamespaceMode | NetworkMode, file: string, what: string): NamespaceChoice => {
    if (mode.kind === 'host') return 'host';
    if (mode.kind !== 'container') return 'private';
    return { path: `/proc/${requireRunning(engine, mode.container, what)}/ns/${file}` };
  };
  return {
    network: choose(parseNetworkMode(hostConfig.NetworkMode), 'net', 'network'),
    pid: choose(parsePidMode(hostConfig.PidMode), 'pid', 'PID'),
    ipc: choose(parseIpcMode(hostConfig.IpcMode), 'ipc', 'IPC'),
    uts: choose(parsePlainMode(hostConfig.UTSMode, 'UTS'), 'uts', 'UTS'),
    cgroup: choose(parsePlainMode(hostConfig.CgroupnsMode, 'cgroup namespace'), 'cgroup', 'cgroup'),
  };
}

function requireRunning(engine: Engine, name: string, what: string): number {
  const other = engine.containers.require(name);
  if (other.run?.phase !== 'running') {
    throw apiError('conflict', what === 'network' ? `cannot join network of a non running container: ${other.id}` : `failed to join ${what} namespace: container ${other.id} is not running`);
  }
  return other.run.pid;
}

/** The folder behind /dev/shm when it is shared; made by `prepareSharedMemory`. */
function findSharedMemory(engine: Engine, container: Container): string | undefined {
  const mode = parseIpcMode(container.record.hostConfig.IpcMode);
  if (mode.kind === 'host') return '/dev/shm';
  if (mode.kind === 'shareable') return sharedMemoryPath(engine, container.id);
  if (mode.kind !== 'container') return undefined;
  const other = engine.containers.require(mode.container);
  const theirs = parseIpcMode(other.record.hostConfig.IpcMode);
  if (theirs.kind === 'host') return '/dev/shm';
  if (theirs.kind !== 'shareable') throw apiError('conflict', `cannot join IPC of a non-shareable container: ${other.id} (hint: use IpcMode:shareable for the donor container)`);
  return sharedMemoryPath(engine, other.id);
}

export function sharedMemoryPath(engine: Engine, id: string): string {
  return join(engine.paths.bundle(id), 'shm');
}

/**
 * /etc/hosts, /etc/hostname and /etc/resolv.conf. On the machine's network they are the machine's own files in place:
 * every service sees a new resolver as soon as the network service writes it. So does a container on a bridge, unless the
 * resolver is a program on the machine's loopback, which it can't reach.
 */
function writeProvidedFiles(engine: Engine, container: Container, hostName: string): Record<string, string> {
  const { files } = engine.host;
  const { hostConfig } = container.record;
  const own = (name: string, text: string): string => {
    const path = join(engine.paths.bundle(container.id), name);
    files.replace(path, text);
    return path;
  };
  const network = parseNetworkMode(hostConfig.NetworkMode);
  if (network.kind === 'container') return providedBy(engine, engine.containers.require(network.container));
  const provided: Record<string, string> = { '/etc/hostname': own('hostname', `${hostName}\n`) };
  const endpoints = container.run?.network?.endpoints ?? [];
  const extra = (hostConfig.ExtraHosts ?? []).map((text) => renderExtraHost(text, endpoints[0]?.gateway || '127.0.0.1'));
  const itself = endpoints.map(({ address }) => `${address}\t${renderOwnName(hostName, container.record.config.Domainname ?? '')}\n`);
  const hosts = network.kind === 'host' ? (files.readTextIfPresent('/etc/hosts') ?? LOCAL_HOSTS) : LOCAL_HOSTS;
  const sharesHosts = network.kind === 'host' && extra.length === 0 && files.exists('/etc/hosts');
  provided['/etc/hosts'] = sharesHosts ? '/etc/hosts' : own('hosts', `${hosts}${extra.join('')}${itself.join('')}`);
  const resolver = renderResolver(hostConfig, files.readTextIfPresent('/etc/resolv.conf') ?? '', network.kind !== 'network');
  if (resolver !== '') provided['/etc/resolv.conf'] = own('resolv.conf', resolver);
  else if (files.exists('/etc/resolv.conf')) provided['/etc/resolv.conf'] = '/etc/resolv.conf';
  return provided;
}

/** The files of the container whose network it joins. */
function providedBy(engine: Engine, other: Container): Record<string, string> {
  const { files } = engine.host;
  const found: Record<string, string> = {};
  for (const name of ['hostname', 'hosts', 'resolv.conf']) {
    const path = [join(engine.paths.bundle(other.id), name), join('/etc', name)].find((one) => files.exists(one));
    if (path !== undefined) found[join('/etc', name)] = path;
  }
  return found;
}

const LOCAL_HOSTS = '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n';

/** `name:address` -> a line of /etc/hosts; an address may contain colons. */
function renderExtraHost(text: string, machine: string): string {
  const at = text.search(/[:=]/);
  const address = text.slice(at + 1);
  return `${address === 'host-gateway' ? machine : address}\t${text.slice(0, at)}\n`;
}

function renderOwnName(hostName: string, domain: string): string {
  return domain === '' ? hostName : `${hostName}.${domain} ${hostName}`;
}

/** Empty: the machine's own will do. What is not given is as in the machine's, but for name servers that can't be reached. */
function renderResolver({ Dns: servers, DnsSearch: search, DnsOptions: options }: HostConfig, machine: string, reachesLoopback: boolean): string {
  const isOdd = (line: string): boolean => !reachesLoopback && /^nameserver\s+(127\.|::1\s*$)/.test(line);
  const lines = machine.split('\n');
  const isAsked = [servers, search, options].some((list) => (list ?? []).length > 0);
  if (!isAsked && !lines.some(isOdd)) return '';
  const inherited = (word: string): string[] => lines.filter((line) => line.startsWith(word) && !isOdd(line));
  const asked = (word: string, list: readonly string[] | null | undefined): string[] => ((list ?? []).length === 0 ? inherited(word) : [`${word} ${list!.join(' ')}`]);
  const nameservers = (servers ?? []).length === 0 ? inherited('nameserver') : servers!.map((server) => `nameserver ${server}`);
  return [...nameservers, ...asked('search', search), ...asked('options', options), ''].join('\n');
}
