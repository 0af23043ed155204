// How calls of the Docker Engine API are made: the version in front of the path, JSON, errors with the engine's message.

import { RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { Address, ByteSource, Connection, TlsOptions } from '@drover/host';
import type { HttpHost, HttpRequest, HttpResponse } from './http/client.ts';
import { sendRequest, sendUpgrade } from './http/client.ts';
import { HttpHeaders } from './http/headers.ts';
import { renderQuery } from './http/query.ts';

/** The newest API that this client speaks; engines accept it from Docker 26 on. */
export const API_VERSION = '1.45';

const BODY_LIMIT_BYTES = 64 << 20;

/** Where an engine listens. */
export interface Endpoint {
  readonly address: Address;
  readonly tls?: TlsOptions;
}

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly cancel?: Cancel;
}

export type QueryValues = Parameters<typeof renderQuery>[0];

export interface Call extends CallOptions {
  readonly query?: QueryValues;
  readonly json?: unknown;
  /** In place of `json`. */
  readonly archive?: Uint8Array | ByteSource;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are an answer rather than a failure, besides 2xx. */
  readonly accept?: readonly number[];
}

export class EngineCalls {
  private readonly host: HttpHost;
  private readonly endpoint: Endpoint;
  private apiVersion = API_VERSION;

  constructor(host: HttpHost, endpoint: Endpoint) {
    this.host = host;
    this.endpoint = endpoint;
  }

  /** Speaks an older API from now on when the engine knows no newer one. */
  async negotiate(): Promise<void> {
    const response = await sendRequest(this.host, this.endpoint.address, this.request('GET', '/_ping', {}));
    await response.body.readText(BODY_LIMIT_BYTES);
    const newest = response.head.headers.get('Api-Version');
    if (newest !== undefined && minorOf(newest) < minorOf(API_VERSION)) this.apiVersion = newest;
  }

  async send(method: string, path: string, call: Call = {}): Promise<HttpResponse> {
    const target = this.targetOf(path, call);
    const response = await sendRequest(this.host, this.endpoint.address, this.request(method, target, call));
    if (!(call.accept ?? []).includes(response.head.status)) await check(response, target);
    return response;
  }

  /** The raw connection that the engine hands over. */
  async upgrade(method: string, path: string, call: Call = {}): Promise<Connection> {
    const target = this.targetOf(path, call);
    const { connection, response } = await sendUpgrade(this.host, this.endpoint.address, this.request(method, target, call));
    if (connection !== undefined) return connection;
    await check(response, target);
    throw new RosError('docker-failed', `the engine did not hand over the connection of ${target}`);
  }

  async text(method: string, path: string, call: Call = {}): Promise<string> {
    const response = await this.send(method, path, call);
    return response.body.readText(BODY_LIMIT_BYTES);
  }

  async json<T>(method: string, path: string, call: Call = {}): Promise<T> {
    return JSON.parse(await this.text(method, path, call)) as T;
  }

  async jsonIfPresent<T>(method: string, path: string): Promise<T | undefined> {
    const response = await this.send(method, path, { accept: [404] });
    const text = await response.body.readText(BODY_LIMIT_BYTES);
    return response.head.status === 404 ? undefined : (JSON.parse(text) as T);
  }

  /** False when the engine says that there was nothing to do. */
  async change(method: string, path: string, call: Call = {}): Promise<boolean> {
    const response = await this.send(method, path, { ...call, accept: [304] });
    await response.body.readText(BODY_LIMIT_BYTES);
    return response.head.status !== 304;
  }

  private targetOf(path: string, call: Call): string {
    return `/v${this.apiVersion}${path}${renderQuery(call.query ?? {})}`;
  }

  private request(method: string, target: string, call: Call): HttpRequest {
    const { address, tls } = this.endpoint;
    const headers: Record<string, string> = { ...('host' in address && { Host: `${tls?.serverName ?? address.host}:${address.port}` }), ...call.headers };
    const body = call.json === undefined ? call.archive : JSON.stringify(call.json);
    if (body !== undefined) headers['Content-Type'] = call.json === undefined ? 'application/x-tar' : 'application/json';
    return {
      method,
      target,
      headers: HttpHeaders.of(headers),
      ...(body !== undefined && { body }),
      ...(tls !== undefined && { tls }),
      ...(call.timeoutMs !== undefined && { timeoutMs: call.timeoutMs }),
      ...(call.cancel && { cancel: call.cancel }),
    };
  }
}

const CODES: Readonly<Record<number, string>> = {
  400: 'docker-bad-request',
  404: 'docker-not-found',
  409: 'docker-conflict',
  501: 'docker-not-implemented',
};

async function check(response: HttpResponse, target: string): Promise<void> {
  const { status } = response.head;
  if (status < 300) return;
  const text = await response.body.readText(BODY_LIMIT_BYTES);
  throw new RosError(CODES[status] ?? 'docker-failed', messageIn(text) ?? `the engine answered ${status}`, { facts: { status, target } });
}

function messageIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return text.trim() === '' ? undefined : text.trim().slice(0, 300);
  }
}

function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}
