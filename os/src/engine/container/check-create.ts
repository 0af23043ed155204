// What a client asks for when it creates a container, merged with what its image says, checked and completed. Pure.

import type { ContainerConfig, ContainerCreateBody, HostConfig, NameSet } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import { checkHealthConfig, mergeHealthConfig } from '../health/health-check.ts';
import { checkNamespaceModes } from '../spec/namespace-modes.ts';
import { checkSyslogOptions } from '../logs/syslog-message.ts';
import { normaliseCapabilities } from '../spec/capabilities.ts';
import { MASKED_PATHS, READONLY_PATHS } from '../spec/render-spec.ts';
import { parseDeviceRule } from '../spec/plan-resources.ts';
import type { ContainerRecord } from './container-record.ts';
import { checkRestartPolicy } from './restart-policy.ts';
import { parseSignal } from './signals.ts';

export interface CheckedContainer {
  readonly path: string;
  readonly args: readonly string[];
  readonly config: ContainerRecord['config'];
  readonly hostConfig: HostConfig;
  readonly warnings: readonly string[];
}

export interface CreateContext {
  /** For a container that names none. */
  readonly hostName: string;
}

export const LOG_DRIVERS: readonly string[] = ['json-file', 'local', 'none', 'syslog'];
export const DEFAULT_LOG_OPTIONS: Readonly<Record<string, string>> = { 'max-file': '2', 'max-size': '25m' };

const LEAST_MEMORY_BYTES = 6 << 20;

/** Throws `invalid-parameter`, `not-found` or `not-implemented`, in moby's words where moby has some. */
export function checkCreate(body: ContainerCreateBody, image: ContainerConfig, context: CreateContext): CheckedContainer {
  const { HostConfig: givenHost, NetworkingConfig: _, ...given } = body;
  const config = mergeConfig(given, image, context);
  const command = [...words(config.Entrypoint), ...words(config.Cmd)];
  const [path, ...args] = command;
  if (path === undefined) throw apiError('invalid-parameter', 'no command specified');
  const hostConfig = completeHostConfig(givenHost ?? {});
  checkJoinedNetwork(given, hostConfig);
  checkConfig(config, hostConfig);
  checkHostConfig(hostConfig);
  return { path, args, config, hostConfig, warnings: findWarnings(hostConfig) };
}

/** The API takes one word as text. */
function words(value: readonly string[] | string | null | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  return typeof value === 'string' ? [value] : value;
}

function mergeConfig(given: ContainerConfig, image: ContainerConfig, context: CreateContext): ContainerRecord['config'] {
  const { entrypoint, cmd } = mergeCommand(given, image);
  const volumes: NameSet = { ...image.Volumes, ...given.Volumes };
  const ports: NameSet = { ...image.ExposedPorts, ...given.ExposedPorts };
  const healthcheck = mergeHealthConfig(given.Healthcheck, image.Healthcheck);
  return {
    ...given,
    Hostname: given.Hostname || context.hostName,
    User: given.User || image.User || '',
    WorkingDir: given.WorkingDir || image.WorkingDir || '',
    Env: mergeEnv(image.Env ?? [], given.Env ?? []),
    Cmd: cmd.length === 0 ? null : cmd,
    Entrypoint: entrypoint.length === 0 ? null : entrypoint,
    Labels: { ...image.Labels, ...given.Labels },
    Volumes: Object.keys(volumes).length === 0 ? null : volumes,
    ...(Object.keys(ports).length > 0 && { ExposedPorts: ports }),
    ...(healthcheck !== undefined && { Healthcheck: healthcheck }),
    ...((given.StopSignal || image.StopSignal) && { StopSignal: given.StopSignal || image.StopSignal! }),
  };
}

/** An entry point of the user's own takes away the image's command; one that is a single empty word is none at all. */
function mergeCommand(given: ContainerConfig, image: ContainerConfig): { readonly entrypoint: readonly string[]; readonly cmd: readonly string[] } {
  const [entrypoint, cmd] = [words(given.Entrypoint), words(given.Cmd)];
  if (entrypoint.length > 0) return { entrypoint: entrypoint.length === 1 && entrypoint[0] === '' ? [] : entrypoint, cmd };
  const inherits = given.Entrypoint === undefined || given.Entrypoint === null;
  return { entrypoint: inherits ? words(image.Entrypoint) : [], cmd: cmd.length === 0 ? words(image.Cmd) : cmd };
}

/** The user's variables, then the image's that they don't name. */
function mergeEnv(image: readonly string[], given: readonly string[]): string[] {
  const nameOf = (entry: string): string => entry.split('=', 1)[0]!;
  const named = new Set(given.map(nameOf));
  return [...given, ...image.filter((entry) => !named.has(nameOf(entry)))];
}

/** Defaults that the engine's behaviour depends on, and that `docker inspect` shows. */
function completeHostConfig(given: HostConfig): HostConfig {
  const log = given.LogConfig?.Type || 'json-file';
  const privileged = given.Privileged === true;
  return {
    ...given,
    NetworkMode: given.NetworkMode === undefined || given.NetworkMode === '' || given.NetworkMode === 'default' ? 'bridge' : given.NetworkMode,
    RestartPolicy: { Name: given.RestartPolicy?.Name || 'no', MaximumRetryCount: given.RestartPolicy?.MaximumRetryCount ?? 0 },
    LogConfig: { Type: log, Config: { ...(['none', 'syslog'].includes(log) ? {} : DEFAULT_LOG_OPTIONS), ...given.LogConfig?.Config } },
    IpcMode: given.IpcMode || 'private',
    CgroupnsMode: given.CgroupnsMode || 'private',
    ShmSize: given.ShmSize || 64 << 20,
    Runtime: given.Runtime || 'crun',
    MaskedPaths: given.MaskedPaths ?? (privileged ? null : MASKED_PATHS),
    ReadonlyPaths: given.ReadonlyPaths ?? (privileged ? null : READONLY_PATHS),
  };
}

function checkConfig(config: ContainerRecord['config'], hostConfig: HostConfig): void {
  const bad = (message: string): never => {
    throw apiError('invalid-parameter', message);
  };
  if (config.WorkingDir && !config.WorkingDir.startsWith('/')) bad(`the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`);
  const oddEntry = config.Env.find((entry) => entry === '' || entry.startsWith('='));
  if (oddEntry !== undefined) bad(`invalid environment variable: ${oddEntry}`);
  if (config.StopSignal && parseSignal(config.StopSignal) === undefined) bad(`invalid signal: ${config.StopSignal}`);
  if (config.Healthcheck) checkHealthConfig(config.Healthcheck);
  const restarts = hostConfig.RestartPolicy?.Name;
  if (hostConfig.AutoRemove === true && restarts !== 'no') bad("can't create 'AutoRemove' container with restart policy");
}

/** Who joins another container's network has its names and its resolver, too. */
function checkJoinedNetwork(given: ContainerConfig, hostConfig: HostConfig): void {
  if (!hostConfig.NetworkMode?.startsWith('container:')) return;
  const any = (list: readonly string[] | null | undefined): boolean => (list ?? []).length > 0;
  const conflicts: readonly (readonly [boolean, string])[] = [
    [Boolean(given.Hostname), 'hostname and the network mode'],
    [any(hostConfig.Links), 'container type network can\'t be used with links. This would result in undefined behavior'],
    [any(hostConfig.Dns), 'dns and the network mode'],
    [any(hostConfig.ExtraHosts), 'custom host-to-IP mapping and the network mode'],
    [Object.keys(hostConfig.PortBindings ?? {}).length > 0 || hostConfig.PublishAllPorts === true, 'port publishing and the container type network mode'],
    [Object.keys(given.ExposedPorts ?? {}).length > 0, 'port exposing and the container type network mode'],
  ];
  const found = conflicts.find(([conflicting]) => conflicting)?.[1];
  if (found !== undefined) throw apiError('invalid-parameter', `conflicting options: ${found}`);
}

function checkHostConfig(hostConfig: HostConfig): void {
  const bad = (message: string): never => {
    throw apiError('invalid-parameter', message);
  };
  checkRestartPolicy(hostConfig.RestartPolicy ?? {});
  checkNamespaceModes(hostConfig);
  normaliseCapabilities(hostConfig.CapAdd ?? [], 'CapAdd');
  normaliseCapabilities(hostConfig.CapDrop ?? [], 'CapDrop');
  checkSecurity(hostConfig);
  checkMemory(hostConfig);
  if ((hostConfig.ShmSize ?? 0) < 0) bad('SHM size can not be less than 0');
  const score = hostConfig.OomScoreAdj ?? 0;
  if (score < -1000 || score > 1000) bad(`Invalid value ${score}, range for oom score adj is [-1000, 1000]`);
  const rule = (hostConfig.DeviceCgroupRules ?? []).find((text) => parseDeviceRule(text) === undefined);
  if (rule !== undefined) bad(`invalid device cgroup rule format: '${rule}'`);
  const extra = (hostConfig.ExtraHosts ?? []).find((text) => !/^[^:=]+[:=].+$/.test(text));
  if (extra !== undefined) bad(`bad format for add-host: "${extra}"`);
  const driver = hostConfig.LogConfig?.Type ?? '';
  if (!LOG_DRIVERS.includes(driver)) bad(`error looking up logging plugin ${driver}: plugin "${driver}" not found`);
  checkLogOptions(driver, hostConfig.LogConfig?.Config ?? {});
  const tmpfs = Object.keys(hostConfig.Tmpfs ?? {}).find((path) => !path.startsWith('/'));
  if (tmpfs !== undefined) bad(`invalid mount path: '${tmpfs}' mount path must be absolute`);
  if (!['crun', 'runc', 'io.containerd.runc.v2'].includes(hostConfig.Runtime ?? 'crun')) bad(`unknown or invalid runtime name: ${hostConfig.Runtime!}`);
}

const SIZE = /^(\d+)([bkmg]?)$/i;

/** 25m -> bytes; undefined when it is no size. */
export function parseLogSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const unit = { b: 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 }[match[2]!.toLowerCase()] ?? 1;
  return Number(match[1]) * unit;
}

function checkLogOptions(driver: string, options: Readonly<Record<string, string>>): void {
  if (driver === 'syslog') checkSyslogOptions(options);
  const known = ['max-size', 'max-file', 'compress', 'labels', 'labels-regex', 'env', 'env-regex', 'tag'];
  const odd = driver === 'syslog' ? undefined : Object.keys(options).find((name) => !known.includes(name));
  if (odd !== undefined) throw apiError('invalid-parameter', `unknown log opt '${odd}' for ${driver} log driver`);
  const { 'max-size': size, 'max-file': count } = options;
  if (size !== undefined && size !== '-1' && (parseLogSize(size) ?? 0) === 0) throw apiError('invalid-parameter', `invalid max-size: '${size}'`);
  if (count !== undefined && !/^[1-9]\d{0,3}$/.test(count)) throw apiError('invalid-parameter', 'max-file cannot be less than 1');
}

function checkSecurity(hostConfig: HostConfig): void {
  for (const option of hostConfig.SecurityOpt ?? []) {
    const [name] = option.split(/[=:]/);
    if (!['seccomp', 'no-new-privileges', 'label', 'apparmor', 'systempaths', 'writable-cgroups'].includes(name!)) throw apiError('invalid-parameter', `invalid --security-opt 2: "${option}"`);
  }
}

function checkMemory({ Memory: memory = 0, MemorySwap: swap = 0 }: HostConfig): void {
  if (memory > 0 && memory < LEAST_MEMORY_BYTES) throw apiError('invalid-parameter', 'Minimum memory limit allowed is 6MB');
  if (swap > 0 && memory === 0) throw apiError('invalid-parameter', 'You should always set the Memory limit when using Memoryswap limit, see usage');
  if (swap > 0 && swap < memory) throw apiError('invalid-parameter', 'Minimum memoryswap limit should be larger than memory limit, see usage');
}

function findWarnings(hostConfig: HostConfig): string[] {
  const published = Object.keys(hostConfig.PortBindings ?? {}).length > 0 || hostConfig.PublishAllPorts === true;
  return published && hostConfig.NetworkMode === 'host' ? ['Published ports are discarded when using host network mode'] : [];
}
