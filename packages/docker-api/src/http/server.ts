// The server side of one HTTP/1.1 connection: requests one after the other, each answered by a handler that may
// answer at once, stream, or take the connection over. Knows nothing of what is served.

import { CancelSource, codeOf, decodeUtf8, encodeUtf8, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { ByteSink, Connection } from '@drover/host';
import { concatBytes } from '@drover/host';
import { Body, bodyLengthOf, ChunkedSink } from './body.ts';
import { ByteReader } from './byte-reader.ts';
import type { RequestHead } from './head.ts';
import { HEAD_LIMIT_BYTES, parseRequestHead, renderResponseHead } from './head.ts';
import { HttpHeaders } from './headers.ts';

export interface HttpServerOptions {
  /** Answers a request that failed before its response began, or that is not HTTP. */
  onError(exchange: HttpExchange, error: unknown): Promise<void>;
  /** Sent with every response. */
  readonly headers: HttpHeaders;
}

export type HttpHandler = (exchange: HttpExchange) => Promise<void>;

/** What is not read of a request's body before the next request; beyond it the connection is closed instead. */
const DRAIN_LIMIT_BYTES = 256 << 10;

/** Resolves when the connection is done with; never rejects for what the peer does. */
export async function serveConnection(connection: Connection, handler: HttpHandler, options: HttpServerOptions): Promise<void> {
  const reader = new ByteReader(connection);
  try {
    while (await serveRequest(connection, reader, handler, options)) {
      // The next request of the same connection.
    }
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
  } finally {
    connection.close();
  }
}

/** Whether another request may follow. */
async function serveRequest(connection: Connection, reader: ByteReader, handler: HttpHandler, options: HttpServerOptions): Promise<boolean> {
  const exchange = await readRequest(connection, reader, options);
  if (exchange === undefined) return false;
  try {
    if (exchange.failure !== undefined) throw exchange.failure;
    await handler(exchange);
    await exchange.finish();
  } catch (error) {
    if (isConnectionFailure(error) || exchange.hasAnswered) return false;
    await options.onError(exchange, error);
    await exchange.finish();
  }
  return exchange.isReusable();
}

async function readRequest(connection: Connection, reader: ByteReader, options: HttpServerOptions): Promise<HttpExchange | undefined> {
  try {
    const bytes = await reader.readHead(HEAD_LIMIT_BYTES);
    if (bytes === undefined) return undefined;
    const head = parseRequestHead(decodeUtf8(bytes));
    return new HttpExchange(connection, reader, head, new Body(reader, bodyLengthOf(head.headers) ?? { kind: 'none' }), options.headers);
  } catch (error) {
    if (!isProtocolFailure(error)) throw error;
    const head: RequestHead = { method: 'GET', target: '/', version: 10, headers: new HttpHeaders() };
    return new HttpExchange(connection, reader, head, new Body(reader, { kind: 'rest' }), options.headers, error);
  }
}

function isProtocolFailure(error: unknown): boolean {
  return codeOf(error) === 'http-syntax' || codeOf(error) === 'http-too-large';
}

function isConnectionFailure(error: unknown): boolean {
  return ['http-truncated', 'EPIPE', 'ECONNRESET', 'ENOTCONN', 'disconnected'].includes(codeOf(error) ?? '');
}

/** One request and its response. */
export class HttpExchange {
  readonly head: RequestHead;
  readonly body: Body;
  /** Set when the request could not be understood. */
  readonly failure: unknown;
  private readonly connection: Connection;
  private readonly reader: ByteReader;
  private readonly commonHeaders: HttpHeaders;
  private readonly disconnect: CancelSource = new CancelSource();
  private watching = false;
  private stream: ChunkedSink | undefined;
  private state: 'open' | 'answered' | 'taken-over' = 'open';
  private keepAlive: boolean;

  constructor(connection: Connection, reader: ByteReader, head: RequestHead, body: Body, commonHeaders: HttpHeaders, failure?: unknown) {
    this.connection = connection;
    this.reader = reader;
    this.head = head;
    this.body = body;
    this.commonHeaders = commonHeaders;
    this.failure = failure;
    this.keepAlive = head.version === 11 && !head.headers.hasWord('connection', 'close') && failure === undefined;
  }

  get hasAnswered(): boolean {
    return this.state !== 'open';
  }

  /** A client that asked whether it may send its body is told so. */
  async allowBody(): Promise<void> {
    if (this.head.headers.hasWord('expect', '100-continue') && !this.body.isRead) await this.connection.write(encodeUtf8('HTTP/1.1 100 Continue\r\n\r\n'));
  }

  /** The whole body as text. */
  async readText(limitBytes: number): Promise<string> {
    await this.allowBody();
    return this.body.readText(limitBytes);
  }

  /** Cancelled when the client goes away. For long responses; call it once the body has been read. */
  whenClientLeaves(): Cancel {
    if (!this.watching) {
      this.watching = true;
      const gone = (): void => this.disconnect.cancel(new RosError('disconnected', 'the client has gone'));
      void this.reader.waitForEnd().then((ended) => ended && gone(), gone);
    }
    return this.disconnect;
  }

  async respond(status: number, headers: HttpHeaders = new HttpHeaders(), body: string | Uint8Array = ''): Promise<void> {
    const bytes = typeof body === 'string' ? encodeUtf8(body) : body;
    const withoutBody = status === 204 || status === 304;
    const length: readonly (readonly [string, string])[] = withoutBody ? [] : [['Content-Length', String(bytes.length)]];
    const head = this.renderHead(status, headers, length);
    await this.connection.write(this.head.method === 'HEAD' || withoutBody ? head : concatBytes([head, bytes]));
  }

  respondJson(status: number, value: unknown): Promise<void> {
    return this.respond(status, HttpHeaders.of({ 'Content-Type': 'application/json' }), `${JSON.stringify(value)}\n`);
  }

  /** The head goes out at once; each write is flushed; the end comes when the handler returns. */
  async startStream(status: number, headers: HttpHeaders = new HttpHeaders()): Promise<ByteSink> {
    const chunked = this.head.version === 11;
    if (!chunked) this.keepAlive = false;
    await this.connection.write(this.renderHead(status, headers, chunked ? [['Transfer-Encoding', 'chunked']] : []));
    if (!chunked || this.head.method === 'HEAD') return this.connection;
    this.stream = new ChunkedSink(this.connection);
    return this.stream;
  }

  /** The connection itself, after a 101 when the client asked to switch, after a 200 otherwise. */
  async takeOver(contentType: string): Promise<Connection> {
    const upgrade = this.head.headers.get('upgrade');
    const switching = upgrade !== undefined && this.head.headers.hasWord('connection', 'upgrade');
    const headers: (readonly [string, string])[] = [['Content-Type', contentType]];
    if (switching) headers.push(['Connection', 'Upgrade'], ['Upgrade', upgrade]);
    this.state = 'taken-over';
    this.keepAlive = false;
    await this.connection.write(encodeUtf8(renderResponseHead(switching ? 101 : 200, new HttpHeaders(headers))));
    const { connection, reader } = this;
    return {
      read: () => reader.read(),
      write: (bytes) => connection.write(bytes),
      closeWrite: () => connection.closeWrite(),
      close: () => connection.close(),
    };
  }

  private renderHead(status: number, headers: HttpHeaders, framing: readonly (readonly [string, string])[]): Uint8Array {
    if (this.state !== 'open') throw new RosError('already-answered', 'a second response to one request');
    this.state = 'answered';
    const closing: readonly (readonly [string, string])[] = this.keepAlive ? [] : [['Connection', 'close']];
    return encodeUtf8(renderResponseHead(status, new HttpHeaders([...this.commonHeaders.entries(), ...headers.entries(), ...framing, ...closing])));
  }

  /** After the handler: the end of a streamed response. */
  async finish(): Promise<void> {
    if (this.state === 'open') throw new RosError('unanswered', `no response to ${this.head.method} ${this.head.target}`);
    await this.stream?.finish();
  }

  /** Whether the next request can be read: what is left of this one's body is dropped, if it is little. */
  async isReusable(): Promise<boolean> {
    if (!this.keepAlive || this.state === 'taken-over') return false;
    for (let dropped = 0; !this.body.isRead; ) {
      dropped += (await this.body.read())?.length ?? 0;
      if (dropped > DRAIN_LIMIT_BYTES) return false;
    }
    return true;
  }
}
