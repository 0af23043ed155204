// A client of the Docker Engine API on a unix socket: System Docker's, User Docker's, or any other engine's.

import { RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { Address, ByteSource, Connection } from '@drover/host';
import type { HttpHost, HttpRequest, HttpResponse } from './http/client.ts';
import { sendRequest, sendUpgrade } from './http/client.ts';
import { HttpHeaders } from './http/headers.ts';
import { renderQuery } from './http/query.ts';
import { readJsonLines } from './json-lines.ts';
import type { StreamFrame } from './stdcopy.ts';
import { readFrames } from './stdcopy.ts';
import type {
  ContainerCreateBody, ContainerCreated, ContainerInspect, ContainerSummary, EndpointSettings, EventMessage, ExecCreateBody, ExecInspect, Filters, HostConfig,
  ImageInspect, ImageSummary, NetworkCreateBody, NetworkResource, ProcessList, ProgressLine, SystemInfo, VersionInfo, Volume, VolumeCreateBody, WaitResult,
} from './types.ts';

/** The newest API that this client speaks; engines accept it from Docker 26 on. */
export const API_VERSION = '1.45';

const BODY_LIMIT_BYTES = 64 << 20;

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly cancel?: Cancel;
}

type QueryValues = Parameters<typeof renderQuery>[0];

interface Call extends CallOptions {
  readonly query?: QueryValues;
  readonly json?: unknown;
  /** Statuses that are an answer rather than a failure, besides 2xx. */
  readonly accept?: readonly number[];
}

export interface LogOptions extends CallOptions {
  readonly follow?: boolean;
  readonly tail?: number | 'all';
  readonly since?: string;
  readonly timestamps?: boolean;
}

export interface ExecResult {
  readonly exitCode: number;
}

/**
 * Methods throw RosError: `docker-not-found`, `docker-conflict`, `docker-bad-request`, `docker-not-implemented`,
 * `docker-failed` with the engine's message and facts {status}; `timeout`; the kernel's codes when nobody listens.
 */
export class DockerClient {
  private readonly host: HttpHost;
  private readonly address: Address;
  private apiVersion = API_VERSION;

  constructor(host: HttpHost, socketPath: string) {
    this.host = host;
    this.address = { unix: socketPath };
  }

  /** Speaks an older API from now on when the engine knows no newer one. */
  async negotiate(): Promise<void> {
    const response = await sendRequest(this.host, this.address, { method: 'GET', target: '/_ping' });
    await response.body.readText(BODY_LIMIT_BYTES);
    const newest = response.head.headers.get('Api-Version');
    if (newest !== undefined && minorOf(newest) < minorOf(API_VERSION)) this.apiVersion = newest;
  }

  // ---- the engine

  /** Whether an engine answers. */
  async ping(options: CallOptions = {}): Promise<void> {
    await this.text('GET', '/_ping', options);
  }

  version(): Promise<VersionInfo> {
    return this.json('GET', '/version');
  }

  info(): Promise<SystemInfo> {
    return this.json('GET', '/info');
  }

  /** Endless: ends when it is cancelled or the engine goes away. */
  async *events(filters: Filters, cancel: Cancel): AsyncGenerator<EventMessage> {
    const response = await this.send('GET', '/events', { query: { filters: JSON.stringify(filters) }, cancel });
    yield* readJsonLines<EventMessage>(response.body);
  }

  // ---- containers

  async createContainer(name: string, body: ContainerCreateBody): Promise<ContainerCreated> {
    return this.json('POST', '/containers/create', { query: { name: name === '' ? undefined : name }, json: body });
  }

  /** Undefined when there is none of this name or id. */
  async inspectContainer(name: string): Promise<ContainerInspect | undefined> {
    return this.jsonIfPresent('GET', `/containers/${encodeURIComponent(name)}/json`);
  }

  listContainers(options: { readonly all?: boolean; readonly filters?: Filters } = {}): Promise<ContainerSummary[]> {
    return this.json('GET', '/containers/json', { query: { all: options.all === true ? 1 : undefined, filters: filterText(options.filters) } });
  }

  /** Whether it was not running before. The engine answers once it runs. */
  startContainer(name: string, options: CallOptions = {}): Promise<boolean> {
    return this.change('POST', `/containers/${encodeURIComponent(name)}/start`, options);
  }

  /** Whether it was running before. Waits up to `graceSeconds` (default: the container's own) before SIGKILL. */
  stopContainer(name: string, options: CallOptions & { readonly graceSeconds?: number } = {}): Promise<boolean> {
    const timeoutMs = options.timeoutMs ?? ((options.graceSeconds ?? 10) + 30) * 1000;
    return this.change('POST', `/containers/${encodeURIComponent(name)}/stop`, { ...options, timeoutMs, query: { t: options.graceSeconds } });
  }

  async restartContainer(name: string, options: CallOptions & { readonly graceSeconds?: number } = {}): Promise<void> {
    const timeoutMs = options.timeoutMs ?? ((options.graceSeconds ?? 10) + 60) * 1000;
    await this.change('POST', `/containers/${encodeURIComponent(name)}/restart`, { ...options, timeoutMs, query: { t: options.graceSeconds } });
  }

  async killContainer(name: string, signal: string = 'SIGKILL'): Promise<void> {
    await this.change('POST', `/containers/${encodeURIComponent(name)}/kill`, { query: { signal } });
  }

  async removeContainer(name: string, options: { readonly force?: boolean; readonly volumes?: boolean } = {}): Promise<void> {
    await this.change('DELETE', `/containers/${encodeURIComponent(name)}`, { query: { force: options.force, v: options.volumes } });
  }

  async renameContainer(name: string, newName: string): Promise<void> {
    await this.change('POST', `/containers/${encodeURIComponent(name)}/rename`, { query: { name: newName } });
  }

  async updateContainer(name: string, changes: Pick<HostConfig, 'RestartPolicy' | 'Memory' | 'MemorySwap' | 'CpuShares' | 'PidsLimit'>): Promise<void> {
    await this.json('POST', `/containers/${encodeURIComponent(name)}/update`, { json: changes });
  }

  async pauseContainer(name: string): Promise<void> {
    await this.change('POST', `/containers/${encodeURIComponent(name)}/pause`);
  }

  async unpauseContainer(name: string): Promise<void> {
    await this.change('POST', `/containers/${encodeURIComponent(name)}/unpause`);
  }

  topContainer(name: string): Promise<ProcessList> {
    return this.json('GET', `/containers/${encodeURIComponent(name)}/top`);
  }

  /** Unpacks a tar archive into a folder of the container. */
  async putArchive(name: string, folder: string, archive: Uint8Array): Promise<void> {
    const headers = HttpHeaders.of({ 'Content-Type': 'application/x-tar' });
    const target = `/v${this.apiVersion}/containers/${encodeURIComponent(name)}/archive${renderQuery({ path: folder })}`;
    const response = await sendRequest(this.host, this.address, { method: 'PUT', target, headers, body: archive });
    await this.check(response, target);
    await response.body.readText(BODY_LIMIT_BYTES);
  }

  /** No limit of time unless one is given. */
  async waitContainer(name: string, condition: 'not-running' | 'next-exit' | 'removed' = 'not-running', options: CallOptions = {}): Promise<WaitResult> {
    return this.json('POST', `/containers/${encodeURIComponent(name)}/wait`, { query: { condition }, timeoutMs: 0, ...options });
  }

  /** Of a container without a terminal. */
  async *logs(name: string, options: LogOptions = {}): AsyncGenerator<StreamFrame> {
    const query = { stdout: 1, stderr: 1, follow: options.follow, tail: options.tail, since: options.since, timestamps: options.timestamps };
    const response = await this.send('GET', `/containers/${encodeURIComponent(name)}/logs`, { ...options, query });
    yield* readFrames(response.body);
  }

  /** Of a container with a terminal: everything is standard output. */
  async *rawLogs(name: string, options: LogOptions = {}): AsyncGenerator<StreamFrame> {
    const query = { stdout: 1, stderr: 1, follow: options.follow, tail: options.tail, since: options.since, timestamps: options.timestamps };
    const response = await this.send('GET', `/containers/${encodeURIComponent(name)}/logs`, { ...options, query });
    for (let bytes = await response.body.read(); bytes !== undefined; bytes = await response.body.read()) yield { stream: 'stdout', bytes };
  }

  /** The connection carries its input, and its output raw (with a terminal) or in frames. Start it afterwards. */
  async attachContainer(name: string, options: CallOptions & { readonly stdin?: boolean } = {}): Promise<Connection> {
    const target = `/v${this.apiVersion}/containers/${encodeURIComponent(name)}/attach${renderQuery({ stream: 1, stdout: 1, stderr: 1, stdin: options.stdin })}`;
    const { connection, response } = await sendUpgrade(this.host, this.address, this.request('POST', target, options));
    if (connection !== undefined) return connection;
    await this.check(response, target);
    throw new RosError('docker-failed', 'the engine did not hand over the connection of a container');
  }

  // ---- exec

  async createExec(container: string, body: ExecCreateBody): Promise<string> {
    const created = await this.json<{ Id: string }>('POST', `/containers/${encodeURIComponent(container)}/exec`, { json: body });
    return created.Id;
  }

  inspectExec(id: string): Promise<ExecInspect> {
    return this.json('GET', `/exec/${encodeURIComponent(id)}/json`);
  }

  /** Starts it; the connection carries its input, and its output raw (Tty) or in frames. */
  async startExec(id: string, options: CallOptions & { readonly tty?: boolean } = {}): Promise<Connection> {
    const target = `/v${this.apiVersion}/exec/${encodeURIComponent(id)}/start`;
    const request = this.request('POST', target, { ...options, json: { Detach: false, Tty: options.tty === true } });
    const { connection, response } = await sendUpgrade(this.host, this.address, request);
    if (connection === undefined) {
      await this.check(response, target);
      throw new RosError('docker-failed', 'the engine did not hand over the connection of an exec');
    }
    return connection;
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
    return this.json('GET', '/images/json', { query: { filters: filterText(filters) } });
  }

  async inspectImage(name: string): Promise<ImageInspect | undefined> {
    return this.jsonIfPresent('GET', `/images/${name.split('/').map(encodeURIComponent).join('/')}/json`);
  }

  /** Loads an archive of `docker save`; the source is read to its end. */
  async loadImages(archive: ByteSource, options: CallOptions = {}): Promise<void> {
    const headers = HttpHeaders.of({ 'Content-Type': 'application/x-tar' });
    const target = `/v${this.apiVersion}/images/load?quiet=1`;
    const response = await sendRequest(this.host, this.address, { method: 'POST', target, headers, body: archive, timeoutMs: 0, ...options });
    await this.check(response, target);
    for await (const line of readJsonLines<{ error?: string }>(response.body)) {
      if (line.error !== undefined) throw new RosError('docker-failed', line.error);
    }
  }

  /** Its progress; throws when the registry or the engine refuses. */
  async *pullImage(name: string, options: CallOptions & { readonly platform?: string } = {}): AsyncGenerator<ProgressLine> {
    const { platform, ...call } = options;
    const response = await this.send('POST', '/images/create', { timeoutMs: 0, ...call, query: { fromImage: name.includes('@') || /:[^/]+$/.test(name) ? name : `${name}:latest`, platform } });
    yield* progress(response.body);
  }

  /** Its progress; the name must have the registry's. */
  async *pushImage(name: string, options: CallOptions = {}): AsyncGenerator<ProgressLine> {
    const [, repository, tag] = /^(.*?)(?::([^/:]+))?$/.exec(name)!;
    const target = `/v${this.apiVersion}/images/${repository!.split('/').map(encodeURIComponent).join('/')}/push${renderQuery({ tag: tag ?? 'latest' })}`;
    const response = await sendRequest(this.host, this.address, { method: 'POST', target, headers: HttpHeaders.of({ 'X-Registry-Auth': 'e30=' }), timeoutMs: 0, ...options });
    await this.check(response, target);
    yield* progress(response.body);
  }

  /** Builds from a context, a tar archive; its output. The query's names are the API's. */
  async *buildImage(context: ByteSource, query: QueryValues, options: CallOptions = {}): AsyncGenerator<ProgressLine> {
    const headers = HttpHeaders.of({ 'Content-Type': 'application/x-tar' });
    const target = `/v${this.apiVersion}/build${renderQuery(query)}`;
    const response = await sendRequest(this.host, this.address, { method: 'POST', target, headers, body: context, timeoutMs: 0, ...options });
    await this.check(response, target);
    yield* progress(response.body);
  }

  async removeImage(name: string): Promise<void> {
    await this.change('DELETE', `/images/${name.split('/').map(encodeURIComponent).join('/')}`);
  }

  // ---- networks

  listNetworks(filters?: Filters): Promise<NetworkResource[]> {
    return this.json('GET', '/networks', { query: { filters: filterText(filters) } });
  }

  async createNetwork(body: NetworkCreateBody): Promise<string> {
    const created = await this.json<{ Id: string }>('POST', '/networks/create', { json: { CheckDuplicate: true, ...body } });
    return created.Id;
  }

  async removeNetwork(name: string): Promise<void> {
    await this.change('DELETE', `/networks/${encodeURIComponent(name)}`);
  }

  async connectNetwork(name: string, container: string, endpoint: EndpointSettings): Promise<void> {
    await this.change('POST', `/networks/${encodeURIComponent(name)}/connect`, { json: { Container: container, EndpointConfig: endpoint } });
  }

  // ---- volumes

  async listVolumes(filters?: Filters): Promise<readonly Volume[]> {
    const listed = await this.json<{ Volumes: readonly Volume[] | null }>('GET', '/volumes', { query: { filters: filterText(filters) } });
    return listed.Volumes ?? [];
  }

  createVolume(body: VolumeCreateBody): Promise<Volume> {
    return this.json('POST', '/volumes/create', { json: body });
  }

  async removeVolume(name: string): Promise<void> {
    await this.change('DELETE', `/volumes/${encodeURIComponent(name)}`);
  }

  // ---- how calls are made

  private request(method: string, target: string, call: Call): HttpRequest {
    const json = call.json === undefined ? undefined : JSON.stringify(call.json);
    return {
      method,
      target,
      ...(json !== undefined && { body: json, headers: HttpHeaders.of({ 'Content-Type': 'application/json' }) }),
      ...(call.timeoutMs !== undefined && { timeoutMs: call.timeoutMs }),
      ...(call.cancel && { cancel: call.cancel }),
    };
  }

  private async send(method: string, path: string, call: Call = {}): Promise<HttpResponse> {
    const target = `/v${this.apiVersion}${path}${renderQuery(call.query ?? {})}`;
    const response = await sendRequest(this.host, this.address, this.request(method, target, call));
    if (!(call.accept ?? []).includes(response.head.status)) await this.check(response, target);
    return response;
  }

  private async check(response: HttpResponse, target: string): Promise<void> {
    const { status } = response.head;
    if (status < 300) return;
    const text = await response.body.readText(BODY_LIMIT_BYTES);
    throw new RosError(CODES[status] ?? 'docker-failed', messageIn(text) ?? `the engine answered ${status}`, { facts: { status, target } });
  }

  private async text(method: string, path: string, call: Call = {}): Promise<string> {
    const response = await this.send(method, path, call);
    return response.body.readText(BODY_LIMIT_BYTES);
  }

  private async json<T>(method: string, path: string, call: Call = {}): Promise<T> {
    return JSON.parse(await this.text(method, path, call)) as T;
  }

  private async jsonIfPresent<T>(method: string, path: string): Promise<T | undefined> {
    const response = await this.send(method, path, { accept: [404] });
    const text = await response.body.readText(BODY_LIMIT_BYTES);
    return response.head.status === 404 ? undefined : (JSON.parse(text) as T);
  }

  /** False when the engine says that there was nothing to do. */
  private async change(method: string, path: string, call: Call = {}): Promise<boolean> {
    const response = await this.send(method, path, { ...call, accept: [304] });
    await response.body.readText(BODY_LIMIT_BYTES);
    return response.head.status !== 304;
  }
}

const CODES: Readonly<Record<number, string>> = {
  400: 'docker-bad-request',
  404: 'docker-not-found',
  409: 'docker-conflict',
  501: 'docker-not-implemented',
};

function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0);
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

function messageIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return text.trim() === '' ? undefined : text.trim().slice(0, 300);
  }
}
