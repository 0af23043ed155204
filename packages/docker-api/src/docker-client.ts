// A client of the Docker Engine API: System Docker's, User Docker's, or any other engine's.

import { RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { ByteSource, Connection } from '@drover/host';
import type { CallOptions, Endpoint, QueryValues } from './engine-calls.ts';
import { EngineCalls } from './engine-calls.ts';
import type { HttpHost } from './http/client.ts';
import { readJsonLines } from './json-lines.ts';
import type { RegistryLogin } from './registry-logins.ts';
import { loginHeader } from './registry-logins.ts';
import type { StreamFrame } from './stdcopy.ts';
import { readFrames } from './stdcopy.ts';
import type {
  ContainerCreateBody, ContainerCreated, ContainerInspect, ContainerSummary, EndpointSettings, EventMessage, ExecCreateBody, ExecInspect, Filters, HostConfig,
  ImageInspect, ImageSummary, NetworkCreateBody, NetworkResource, ProcessList, ProgressLine, SystemInfo, TerminalSize, VersionInfo, Volume, VolumeCreateBody, WaitResult,
} from './types.ts';

export interface LogOptions extends CallOptions {
  readonly follow?: boolean;
  readonly tail?: number | 'all';
  readonly since?: string;
  readonly timestamps?: boolean;
}

export interface ExecResult {
  readonly exitCode: number;
}

/** For a registry that wants to know who asks. */
export interface LoginOption {
  readonly login?: RegistryLogin | undefined;
}

/**
 * Methods throw RosError: `docker-not-found`, `docker-conflict`, `docker-bad-request`, `docker-not-implemented`,
 * `docker-failed` with the engine's message and facts {status}; `timeout`; the kernel's codes when nobody listens.
 */
export class DockerClient {
  private readonly calls: EngineCalls;

  /** A text is the path of a unix socket. */
  constructor(host: HttpHost, endpoint: string | Endpoint) {
    this.calls = new EngineCalls(host, typeof endpoint === 'string' ? { address: { unix: endpoint } } : endpoint);
  }

  /** Speaks an older API from now on when the engine knows no newer one. */
  negotiate(): Promise<void> {
    return this.calls.negotiate();
  }

  // ---- the engine

  /** Whether an engine answers. */
  async ping(options: CallOptions = {}): Promise<void> {
    await this.calls.text('GET', '/_ping', options);
  }

  version(): Promise<VersionInfo> {
    return this.calls.json('GET', '/version');
  }

  info(): Promise<SystemInfo> {
    return this.calls.json('GET', '/info');
  }

  /** Endless: ends when it is cancelled or the engine goes away. */
  async *events(filters: Filters, cancel: Cancel): AsyncGenerator<EventMessage> {
    const response = await this.calls.send('GET', '/events', { query: { filters: JSON.stringify(filters) }, cancel });
    yield* readJsonLines<EventMessage>(response.body);
  }

  // ---- containers

  async createContainer(name: string, body: ContainerCreateBody): Promise<ContainerCreated> {
    return this.calls.json('POST', '/containers/create', { query: { name: name === '' ? undefined : name }, json: body });
  }

  /** Undefined when there is none of this name or id. */
  async inspectContainer(name: string): Promise<ContainerInspect | undefined> {
    return this.calls.jsonIfPresent('GET', `/containers/${encodeURIComponent(name)}/json`);
  }

  listContainers(options: { readonly all?: boolean; readonly filters?: Filters } = {}): Promise<ContainerSummary[]> {
    return this.calls.json('GET', '/containers/json', { query: { all: options.all === true ? 1 : undefined, filters: filterText(options.filters) } });
  }

  /** Whether it was not running before. The engine answers once it runs. */
  startContainer(name: string, options: CallOptions = {}): Promise<boolean> {
    return this.calls.change('POST', `/containers/${encodeURIComponent(name)}/start`, options);
  }

  /** Whether it was running before. Waits up to `graceSeconds` (default: the container's own) before SIGKILL. */
  stopContainer(name: string, options: CallOptions & { readonly graceSeconds?: number } = {}): Promise<boolean> {
    const timeoutMs = options.timeoutMs ?? ((options.graceSeconds ?? 10) + 30) * 1000;
    return this.calls.change('POST', `/containers/${encodeURIComponent(name)}/stop`, { ...options, timeoutMs, query: { t: options.graceSeconds } });
  }

  async restartContainer(name: string, options: CallOptions & { readonly graceSeconds?: number } = {}): Promise<void> {
    const timeoutMs = options.timeoutMs ?? ((options.graceSeconds ?? 10) + 60) * 1000;
    await this.calls.change('POST', `/containers/${encodeURIComponent(name)}/restart`, { ...options, timeoutMs, query: { t: options.graceSeconds } });
  }

  async killContainer(name: string, signal: string = 'SIGKILL'): Promise<void> {
    await this.calls.change('POST', `/containers/${encodeURIComponent(name)}/kill`, { query: { signal } });
  }

  async removeContainer(name: string, options: { readonly force?: boolean; readonly volumes?: boolean } = {}): Promise<void> {
    await this.calls.change('DELETE', `/containers/${encodeURIComponent(name)}`, { query: { force: options.force, v: options.volumes } });
  }

  async renameContainer(name: string, newName: string): Promise<void> {
    await this.calls.change('POST', `/containers/${encodeURIComponent(name)}/rename`, { query: { name: newName } });
  }

  async updateContainer(name: string, changes: Pick<HostConfig, 'RestartPolicy' | 'Memory' | 'MemorySwap' | 'CpuShares' | 'PidsLimit'>): Promise<void> {
    await this.calls.json('POST', `/containers/${encodeURIComponent(name)}/update`, { json: changes });
  }

  async pauseContainer(name: string): Promise<void> {
    await this.calls.change('POST', `/containers/${encodeURIComponent(name)}/pause`);
  }

  async unpauseContainer(name: string): Promise<void> {
    await this.calls.change('POST', `/containers/${encodeURIComponent(name)}/unpause`);
  }

  topContainer(name: string): Promise<ProcessList> {
    return this.calls.json('GET', `/containers/${encodeURIComponent(name)}/top`);
  }

  /** Unpacks a tar archive into a folder of the container. */
  async putArchive(name: string, folder: string, archive: Uint8Array): Promise<void> {
    await this.calls.text('PUT', `/containers/${encodeURIComponent(name)}/archive`, { query: { path: folder }, archive });
  }

  /** No limit of time unless one is given. */
  async waitContainer(name: string, condition: 'not-running' | 'next-exit' | 'removed' = 'not-running', options: CallOptions = {}): Promise<WaitResult> {
    return this.calls.json('POST', `/containers/${encodeURIComponent(name)}/wait`, { query: { condition }, timeoutMs: 0, ...options });
  }

  /** Of a container without a terminal. */
  async *logs(name: string, options: LogOptions = {}): AsyncGenerator<StreamFrame> {
    yield* readFrames(await this.openLogs(name, options));
  }

  /** Of a container with a terminal: everything is standard output. */
  async *rawLogs(name: string, options: LogOptions = {}): AsyncGenerator<StreamFrame> {
    const body = await this.openLogs(name, options);
    for (let bytes = await body.read(); bytes !== undefined; bytes = await body.read()) yield { stream: 'stdout', bytes };
  }

  private async openLogs(name: string, options: LogOptions): Promise<ByteSource> {
    const query = { stdout: 1, stderr: 1, follow: options.follow, tail: options.tail, since: options.since, timestamps: options.timestamps };
    return (await this.calls.send('GET', `/containers/${encodeURIComponent(name)}/logs`, { ...options, query })).body;
  }

  /** The connection carries its input, and its output raw (with a terminal) or in frames. Start it afterwards. */
  attachContainer(name: string, options: CallOptions & { readonly stdin?: boolean } = {}): Promise<Connection> {
    return this.calls.upgrade('POST', `/containers/${encodeURIComponent(name)}/attach`, { ...options, query: { stream: 1, stdout: 1, stderr: 1, stdin: options.stdin } });
  }

  /** Of its terminal. */
  async resizeContainer(name: string, size: TerminalSize): Promise<void> {
    await this.calls.change('POST', `/containers/${encodeURIComponent(name)}/resize`, { query: { h: size.rows, w: size.columns } });
  }

  // ---- exec

  async createExec(container: string, body: ExecCreateBody): Promise<string> {
    const created = await this.calls.json<{ Id: string }>('POST', `/containers/${encodeURIComponent(container)}/exec`, { json: body });
    return created.Id;
  }

  inspectExec(id: string): Promise<ExecInspect> {
    return this.calls.json('GET', `/exec/${encodeURIComponent(id)}/json`);
  }

  /** Starts it; the connection carries its input, and its output raw (Tty) or in frames. */
  startExec(id: string, options: CallOptions & { readonly tty?: boolean } = {}): Promise<Connection> {
    return this.calls.upgrade('POST', `/exec/${encodeURIComponent(id)}/start`, { ...options, json: { Detach: false, Tty: options.tty === true } });
  }

  /** Starts it and leaves it to itself. */
  async startDetachedExec(id: string): Promise<void> {
    await this.calls.change('POST', `/exec/${encodeURIComponent(id)}/start`, { json: { Detach: true, Tty: false } });
  }

  /** Of its terminal. */
  async resizeExec(id: string, size: TerminalSize): Promise<void> {
    await this.calls.change('POST', `/exec/${encodeURIComponent(id)}/resize`, { query: { h: size.rows, w: size.columns } });
  }

  /** Runs a command in a container to its end, without input; its output goes to `onOutput`. */
  async exec(container: string, command: readonly string[], onOutput: (frame: StreamFrame) => void, options: CallOptions & ExecCreateBody = {}): Promise<ExecResult> {
    const { timeoutMs, cancel, ...body } = options;
    const id = await this.createExec(container, { AttachStdout: true, AttachStderr: true, ...body, Cmd: command });
    const connection = await this.startExec(id, { ...(timeoutMs !== undefined && { timeoutMs }), ...(cancel && { cancel }) });
    try {
      for await (const frame of readFrames(connection)) onOutput(frame);
    } finally {
      connection.close();
    }
    return { exitCode: (await this.inspectExec(id)).ExitCode ?? -1 };
  }

  // ---- images

  listImages(filters?: Filters): Promise<ImageSummary[]> {
    return this.calls.json('GET', '/images/json', { query: { filters: filterText(filters) } });
  }

  async inspectImage(name: string): Promise<ImageInspect | undefined> {
    return this.calls.jsonIfPresent('GET', `/images/${imagePath(name)}/json`);
  }

  /** Loads an archive of `docker save`; the source is read to its end. */
  async loadImages(archive: ByteSource, options: CallOptions = {}): Promise<void> {
    const response = await this.calls.send('POST', '/images/load', { timeoutMs: 0, ...options, query: { quiet: 1 }, archive });
    for await (const line of readJsonLines<{ error?: string }>(response.body)) {
      if (line.error !== undefined) throw new RosError('docker-failed', line.error);
    }
  }

  /** Its progress; throws when the registry or the engine refuses. */
  async *pullImage(name: string, options: CallOptions & LoginOption & { readonly platform?: string } = {}): AsyncGenerator<ProgressLine> {
    const { platform, login, ...call } = options;
    const query = { fromImage: name.includes('@') || /:[^/]+$/.test(name) ? name : `${name}:latest`, platform };
    const response = await this.calls.send('POST', '/images/create', { timeoutMs: 0, ...call, query, ...(login !== undefined && { headers: { 'X-Registry-Auth': loginHeader(login) } }) });
    yield* progress(response.body);
  }

  /** Its progress; the name must have the registry's. */
  async *pushImage(name: string, options: CallOptions & LoginOption = {}): AsyncGenerator<ProgressLine> {
    const { login, ...call } = options;
    const [, repository, tag] = /^(.*?)(?::([^/:]+))?$/.exec(name)!;
    // The engine wants this header even from somebody who has no login.
    const headers = { 'X-Registry-Auth': loginHeader(login ?? {}) };
    const response = await this.calls.send('POST', `/images/${imagePath(repository!)}/push`, { timeoutMs: 0, ...call, query: { tag: tag ?? 'latest' }, headers });
    yield* progress(response.body);
  }

  /** Builds from a context, a tar archive, or from what `query.remote` names; its output. The query's names are the API's. */
  async *buildImage(context: ByteSource | undefined, query: QueryValues, options: CallOptions & { readonly logins?: Readonly<Record<string, RegistryLogin>> } = {}): AsyncGenerator<ProgressLine> {
    const { logins, ...call } = options;
    const response = await this.calls.send('POST', '/build', {
      timeoutMs: 0, ...call, query, ...(context !== undefined && { archive: context }), ...(logins !== undefined && { headers: { 'X-Registry-Config': loginHeader(logins) } }),
    });
    yield* progress(response.body);
  }

  async removeImage(name: string): Promise<void> {
    await this.calls.change('DELETE', `/images/${imagePath(name)}`);
  }

  // ---- networks

  listNetworks(filters?: Filters): Promise<NetworkResource[]> {
    return this.calls.json('GET', '/networks', { query: { filters: filterText(filters) } });
  }

  async createNetwork(body: NetworkCreateBody): Promise<string> {
    const created = await this.calls.json<{ Id: string }>('POST', '/networks/create', { json: { CheckDuplicate: true, ...body } });
    return created.Id;
  }

  async removeNetwork(name: string): Promise<void> {
    await this.calls.change('DELETE', `/networks/${encodeURIComponent(name)}`);
  }

  async connectNetwork(name: string, container: string, endpoint: EndpointSettings): Promise<void> {
    await this.calls.change('POST', `/networks/${encodeURIComponent(name)}/connect`, { json: { Container: container, EndpointConfig: endpoint } });
  }

  // ---- volumes

  async listVolumes(filters?: Filters): Promise<readonly Volume[]> {
    const listed = await this.calls.json<{ Volumes: readonly Volume[] | null }>('GET', '/volumes', { query: { filters: filterText(filters) } });
    return listed.Volumes ?? [];
  }

  createVolume(body: VolumeCreateBody): Promise<Volume> {
    return this.calls.json('POST', '/volumes/create', { json: body });
  }

  async removeVolume(name: string): Promise<void> {
    await this.calls.change('DELETE', `/volumes/${encodeURIComponent(name)}`);
  }
}

/** The slashes of a name stay. */
function imagePath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

/** The engine tells a failure in the middle of its answer as a line. */
async function* progress(body: ByteSource): AsyncGenerator<ProgressLine> {
  for await (const line of readJsonLines<ProgressLine>(body)) {
    if (line.error !== undefined) throw new RosError('docker-failed', line.error);
    yield line;
  }
}

function filterText(filters: Filters | undefined): string | undefined {
  return filters === undefined ? undefined : JSON.stringify(filters);
}
