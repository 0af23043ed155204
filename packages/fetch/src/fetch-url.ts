// One fetch: name, connection, TLS, request, redirects, body. INVARIANT: it ends within `timeoutMs` and holds at most
// `limitBytes`, whatever the other side does.

import { CancelSource, codeOf, encodeBase64, encodeUtf8, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import { HttpHeaders, parseResponseHead, renderRequestHead, sendRequest } from '@drover/docker-api';
import type { HttpRequest, HttpResponse } from '@drover/docker-api';
import type { Connection, Host } from '@drover/host';
import type { ResolverHost } from './names/resolve-name.ts';
import { resolveName } from './names/resolve-name.ts';
import { describeUrl, hostAndPort, parseUrl, resolveUrl } from './url.ts';
import type { Url } from './url.ts';

export type FetchHost = ResolverHost & Pick<Host, 'sockets' | 'clock'>;

export interface FetchOptions {
  /** Default GET. What changes something is not sent again to where a redirect leads. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: NonNullable<HttpRequest['body']>;
  /** For everything, redirects included; default 10 s. */
  readonly timeoutMs?: number;
  /** Of the body; default 1 MiB. */
  readonly limitBytes?: number;
  /** Default 5; none leads from https to http. */
  readonly redirects?: number;
  /** Trusted certificates, PEM. Asked for only when it comes to TLS. Without it any certificate will do. */
  readonly authorities?: () => string;
  /** What this side shows a TLS server, PEM; none when it is undefined. */
  readonly identity?: () => { readonly certificate: string; readonly key: string } | undefined;
  /** The proxy to ask for an address, as http://[USER:PASSWORD@]HOST[:PORT]. */
  readonly proxyFor?: (url: Url) => string | undefined;
  readonly cancel?: Cancel;
}

export interface Fetched {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
  /** After all redirects. */
  readonly url: Url;
}

const TIMEOUT_MS = 10_000;
const LIMIT_BYTES = 1 << 20;
const REDIRECTS = 5;
/** Of one of several addresses of a host. */
const CONNECT_MS = 5000;
const UNREACHABLE = /^(E(CONN|NET|HOST|ADDR|TIMEDOUT|PIPE|ACCES|PERM)|timeout$)/;
const REDIRECTING: readonly number[] = [301, 302, 303, 307, 308];
const HARMLESS: readonly string[] = ['GET', 'HEAD', 'PUT'];

/**
 * Resolves only for a status below 300. Throws `bad-url`, `http-status` (facts: status), `redirect`, `timeout`,
 * `name-unknown`, `name-failed`, `ECERTIFICATE`, the kernel's errors, and those of HTTP.
 */
export async function fetchUrl(host: FetchHost, address: string, options: FetchOptions = {}): Promise<Fetched> {
  return withinTime(host, options, (limit) => follow(host, address, options, limit, async (response, url) => {
    const { status, headers } = response.head;
    return { status, headers, body: await readBody(response, options.limitBytes ?? LIMIT_BYTES), url };
  }));
}

export interface OpenedUrl {
  /** Of any kind. */
  readonly status: number;
  readonly headers: HttpHeaders;
  /** To be read to its end, or closed. */
  readonly body: HttpResponse['body'];
}

/** As `fetchUrl`, for what may be large or an answer whatever its status: the time is for the beginning of the answer, and the body is the caller's. */
export async function openUrl(host: FetchHost, address: string, options: FetchOptions = {}): Promise<OpenedUrl> {
  return withinTime(host, options, (limit) => follow(host, address, options, limit, (response) => Promise.resolve({ status: response.head.status, headers: response.head.headers, body: response.body })));
}

async function withinTime<T>(host: FetchHost, options: FetchOptions, work: (limit: Cancel) => Promise<T>): Promise<T> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const limit = new CancelSource(options.cancel);
  const done = new CancelSource();
  void host.clock.sleep(timeoutMs, done).then(() => limit.cancel(new RosError('timeout', `no complete answer within ${timeoutMs / 1000} s`)), () => undefined);
  try {
    return await work(limit);
  } finally {
    done.cancel();
  }
}

async function follow<T>(host: FetchHost, address: string, options: FetchOptions, limit: Cancel, take: (response: HttpResponse, url: Url) => Promise<T>): Promise<T> {
  const first = parseUrl(address);
  let url = first;
  try {
    for (let redirects = 0; ; redirects += 1) {
      const response = await ask(host, url, first, options, limit);
      const { status, headers } = response.head;
      const location = REDIRECTING.includes(status) && isRepeatable(options) ? headers.get('location') : undefined;
      if (location === undefined) return await take(response, url);
      response.body.close();
      if (redirects >= (options.redirects ?? REDIRECTS)) throw new RosError('redirect', `more than ${redirects} redirects`, { hint: 'do they lead in a circle?' });
      const next = resolveUrl(url, location);
      if (url.scheme === 'https' && next.scheme === 'http') throw new RosError('redirect', `${describeUrl(next)} is not protected, and the address that leads there is`, { hint: 'give the address with http:// if that is meant' });
      url = next;
    }
  } catch (error) {
    throw new RosError(codeOf(error) ?? 'fetch-failed', `fetching ${describeUrl(url)} failed`, { cause: error, facts: factsOf(error) });
  }
}

/** A stream can't be sent twice. */
function isRepeatable({ method = 'GET', body }: FetchOptions): boolean {
  return HARMLESS.includes(method) && (body === undefined || typeof body === 'string' || body instanceof Uint8Array);
}

function factsOf(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof RosError ? error.facts : {};
}

async function readBody({ head, body }: HttpResponse, limitBytes: number): Promise<Uint8Array> {
  try {
    if (head.status >= 300) throw new RosError('http-status', `the server answers ${head.status} ${head.reason}`.trimEnd(), { facts: { status: head.status } });
    return await body.readBytes(limitBytes);
  } finally {
    body.close();
  }
}

/** One address of the host after the other, until one lets us in. */
async function ask(host: FetchHost, url: Url, first: Url, options: FetchOptions, limit: Cancel): Promise<HttpResponse> {
  const proxyText = options.proxyFor?.(url);
  const proxy = proxyText === undefined ? undefined : parseUrl(proxyText.includes('://') ? proxyText : `http://${proxyText}`);
  if (proxy?.scheme === 'https') throw new RosError('bad-url', 'a proxy that is reached by https is not supported', { hint: 'write http:// before its name' });
  const to = proxy ?? url;
  const request = requestFor(url, first, proxy, options, limit);
  let failure: unknown;
  for (const address of await resolveName(host, to.host, limit)) {
    try {
      return await sendRequest(host, { host: address, port: to.port }, request);
    } catch (error) {
      if (limit.reason !== undefined) throw limit.reason;
      if (!UNREACHABLE.test(codeOf(error) ?? '')) throw error;
      failure = error;
    }
  }
  throw failure;
}

function requestFor(url: Url, first: Url, proxy: Url | undefined, options: FetchOptions, limit: Cancel): HttpRequest {
  const isFirstHost = hostAndPort(url) === hostAndPort(first) && url.scheme === first.scheme;
  const login = url.login ?? (isFirstHost ? first.login : undefined);
  const isTunnel = proxy !== undefined && url.scheme === 'https';
  const headers = new HttpHeaders([
    ['Host', hostAndPort(url)],
    ['User-Agent', 'drover'],
    ['Accept', '*/*'],
    // A server that we were sent to gets none of what was meant for another.
    ...(isFirstHost ? Object.entries(options.headers ?? {}) : []),
    ...(login === undefined ? [] : [['Authorization', basic(login)] as const]),
    ...(proxy?.login === undefined || isTunnel ? [] : [['Proxy-Authorization', basic(proxy.login)] as const]),
  ]);
  return {
    method: options.method ?? 'GET',
    target: proxy === undefined || isTunnel ? url.target : `http://${hostAndPort(url)}${url.target}`,
    headers,
    timeoutMs: 0,
    connectTimeoutMs: CONNECT_MS,
    cancel: limit,
    ...(options.body !== undefined && { body: options.body }),
    ...(url.scheme === 'https' && { tls: { serverName: url.host, ...(options.authorities && { authorities: options.authorities() }), ...(isFirstHost && options.identity?.()) } }),
    ...(isTunnel && { beforeTls: (plain: Connection) => openTunnel(plain, url, proxy) }),
  };
}

function basic(login: string): string {
  return `Basic ${encodeBase64(encodeUtf8(login))}`;
}

/** RFC 9110, 9.3.6. Reads byte by byte what it must not read beyond. */
async function openTunnel(plain: Connection, url: Url, proxy: Url): Promise<void> {
  const target = `${url.host.includes(':') ? `[${url.host}]` : url.host}:${url.port}`;
  const fields: [string, string][] = [['Host', target], ...(proxy.login === undefined ? [] : [['Proxy-Authorization', basic(proxy.login)] satisfies [string, string]])];
  await plain.write(encodeUtf8(renderRequestHead('CONNECT', target, new HttpHeaders(fields))));
  let text = '';
  while (!/\r?\n\r?\n$/.test(text)) {
    const chunk = await plain.read();
    if (chunk === undefined || text.length > 16_384) throw new RosError('proxy', `the proxy ${describeUrl(proxy)} hangs up`);
    for (const byte of chunk) text += String.fromCharCode(byte);
  }
  const { status, reason } = parseResponseHead(text);
  if (status !== 200) throw new RosError('proxy', `the proxy ${describeUrl(proxy)} answers ${status} ${reason}`.trimEnd());
}
