// The client side of HTTP/1.1: one request a connection, answered by a stream.

import { CancelSource, decodeUtf8, encodeUtf8, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { Address, ByteSource, Clock, Connection, Host, TlsOptions } from '@drover/host';
import type { BodyLength } from './body.ts';
import { Body, bodyLengthOf, ChunkedSink } from './body.ts';
import { ByteReader } from './byte-reader.ts';
import type { ResponseHead } from './head.ts';
import { HEAD_LIMIT_BYTES, parseResponseHead, renderRequestHead } from './head.ts';
import { HttpHeaders } from './headers.ts';
import { httpError } from './http-error.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  readonly headers?: HttpHeaders;
  /** A source is sent in chunks. */
  readonly body?: string | Uint8Array | ByteSource;
  /** Of connecting and of waiting for the head of the response; default 60 s, 0 for no limit. */
  readonly timeoutMs?: number;
  /** Of connecting alone, TLS included. */
  readonly connectTimeoutMs?: number;
  /** Ends the exchange at any point, the body of the response included. */
  readonly cancel?: Cancel;
  readonly tls?: TlsOptions;
  /** Asks a proxy for the way to a TLS server. */
  readonly beforeTls?: (plain: Connection) => Promise<void>;
}

export interface HttpResponse {
  readonly head: ResponseHead;
  /** Close it unless it was read to its end. */
  readonly body: Body;
}

interface Opened {
  readonly connection: Connection;
  readonly reader: ByteReader;
  readonly head: ResponseHead;
}

export type HttpHost = Pick<Host, 'sockets' | 'clock'>;

const DEFAULT_TIMEOUT_MS = 60_000;

/** Throws the kernel's errors of connecting, `timeout`, the reason of `cancel`, and the HTTP errors. */
export async function sendRequest(host: HttpHost, address: Address, request: HttpRequest): Promise<HttpResponse> {
  const { connection, reader, head } = await exchange(host, address, request, [['Connection', 'close']]);
  const body = new Body(reader, lengthOf(request.method, head));
  if (body.isRead) connection.close();
  return { head, body };
}

/** Asks for the raw connection; undefined and the response when the server does not give it. */
export async function sendUpgrade(
  host: HttpHost,
  address: Address,
  request: HttpRequest,
): Promise<{ readonly connection: Connection | undefined; readonly response: HttpResponse }> {
  const { connection, reader, head } = await exchange(host, address, request, [['Connection', 'Upgrade'], ['Upgrade', 'tcp']]);
  const response = { head, body: new Body(reader, head.status === 101 ? { kind: 'none' } : lengthOf(request.method, head)) };
  if (head.status !== 101) return { connection: undefined, response };
  const raw: Connection = {
    read: () => reader.read(),
    write: (bytes) => connection.write(bytes),
    closeWrite: () => connection.closeWrite(),
    close: () => connection.close(),
  };
  return { connection: raw, response };
}

function lengthOf(method: string, head: ResponseHead): BodyLength {
  if (method === 'HEAD' || head.status === 204 || head.status === 304) return { kind: 'none' };
  return bodyLengthOf(head.headers) ?? { kind: 'rest' };
}

async function exchange(
  host: HttpHost,
  address: Address,
  request: HttpRequest,
  fields: readonly (readonly [string, string])[],
): Promise<Opened> {
  const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  if (request.cancel?.reason !== undefined) throw request.cancel.reason;
  const connectMs = request.connectTimeoutMs ?? timeoutMs;
  const connection = await host.sockets.connect(address, {
    ...(connectMs > 0 && { timeoutMs: connectMs }),
    ...(request.cancel && { cancel: request.cancel }),
    ...(request.tls && { tls: request.tls }),
    ...(request.beforeTls && { beforeTls: request.beforeTls }),
  });
  let stopped: Error | undefined;
  const stop = (reason: Error): void => {
    stopped ??= reason;
    connection.close();
  };
  request.cancel?.onCancel(stop);
  const deadline = startDeadline(host.clock, timeoutMs, () => stop(new RosError('timeout', `no answer to ${request.method} ${request.target} within ${timeoutMs} ms`)));
  const reader = new ByteReader({ read: () => readUnlessStopped(connection, () => stopped), close: () => connection.close() });
  try {
    await writeRequest(connection, request, fields);
    return { connection, reader, head: await readHead(reader) };
  } catch (error) {
    connection.close();
    throw stopped ?? error;
  } finally {
    deadline();
  }
}

/** A closed connection reads as ended: whoever cancelled it gets the reason instead of a short body. */
async function readUnlessStopped(connection: Connection, reason: () => Error | undefined): Promise<Uint8Array | undefined> {
  const chunk = await connection.read();
  const stopped = reason();
  if (stopped !== undefined) throw stopped;
  return chunk;
}

function startDeadline(clock: Clock, ms: number, expire: () => void): () => void {
  if (ms <= 0) return () => undefined;
  const answered = new CancelSource();
  void clock.sleep(ms, answered).then(expire, () => undefined);
  return () => answered.cancel();
}

async function writeRequest(connection: Connection, request: HttpRequest, fields: readonly (readonly [string, string])[]): Promise<void> {
  const { body } = request;
  const bytes = typeof body === 'string' ? encodeUtf8(body) : body instanceof Uint8Array ? body : undefined;
  const framing: (readonly [string, string])[] = [];
  if (bytes !== undefined) framing.push(['Content-Length', String(bytes.length)]);
  else if (body !== undefined) framing.push(['Transfer-Encoding', 'chunked']);
  else if (request.method !== 'GET' && request.method !== 'HEAD') framing.push(['Content-Length', '0']);
  const given = request.headers?.entries() ?? [];
  const host: readonly (readonly [string, string])[] = given.some(([name]) => name.toLowerCase() === 'host') ? [] : [['Host', 'localhost']];
  await connection.write(encodeUtf8(renderRequestHead(request.method, request.target, new HttpHeaders([...host, ...given, ...fields, ...framing]))));
  if (bytes !== undefined && bytes.length > 0) await connection.write(bytes);
  if (bytes !== undefined || body === undefined) return;
  const sink = new ChunkedSink(connection);
  for (let chunk = await (body as ByteSource).read(); chunk !== undefined; chunk = await (body as ByteSource).read()) await sink.write(chunk);
  await sink.finish();
}

/** Skips interim responses (100). */
async function readHead(reader: ByteReader): Promise<ResponseHead> {
  for (;;) {
    const bytes = await reader.readHead(HEAD_LIMIT_BYTES);
    if (bytes === undefined) throw httpError('http-truncated', 'the server closed the connection without an answer');
    const head = parseResponseHead(decodeUtf8(bytes));
    if (head.status >= 200 || head.status === 101) return head;
  }
}
