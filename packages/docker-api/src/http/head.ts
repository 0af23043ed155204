// Heads of HTTP/1.1 messages (RFC 9112): request line or status line, header fields. Text in, data out.

import { HttpHeaders } from './headers.ts';
import { httpError } from './http-error.ts';

export interface RequestHead {
  readonly method: string;
  /** As sent: path and query, still encoded. */
  readonly target: string;
  /** 10 or 11. */
  readonly version: number;
  readonly headers: HttpHeaders;
}

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly version: number;
  readonly headers: HttpHeaders;
}

/** Of one head, start line included. */
export const HEAD_LIMIT_BYTES: number = 64 << 10;
const FIELD_LIMIT = 128;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `text` ends with the empty line. Throws `http-syntax`, `http-too-large`. */
export function parseRequestHead(text: string): RequestHead {
  const lines = splitLines(text);
  const [method, target, version, ...rest] = lines[0]!.split(' ');
  if (!method || !TOKEN.test(method) || !target || version === undefined || rest.length > 0) throw httpError('http-syntax', 'malformed request line');
  if (!target.startsWith('/') && !/^https?:\/\//.test(target) && target !== '*') throw httpError('http-syntax', 'malformed request target');
  return { method, target, version: parseVersion(version), headers: parseFields(lines.slice(1)) };
}

export function parseResponseHead(text: string): ResponseHead {
  const lines = splitLines(text);
  const match = /^(HTTP\/\d\.\d) (\d{3})(?: (.*))?$/.exec(lines[0]!);
  if (match === null) throw httpError('http-syntax', 'malformed status line');
  return { status: Number(match[2]), reason: match[3] ?? '', version: parseVersion(match[1]!), headers: parseFields(lines.slice(1)) };
}

export function renderRequestHead(method: string, target: string, headers: HttpHeaders): string {
  return `${method} ${target} HTTP/1.1\r\n${headers.render()}\r\n`;
}

export function renderResponseHead(status: number, headers: HttpHeaders, reason: string = reasonOf(status)): string {
  return `HTTP/1.1 ${status} ${reason}\r\n${headers.render()}\r\n`;
}

function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  while (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines;
}

function parseVersion(text: string): number {
  const match = /^HTTP\/1\.([01])$/.exec(text);
  if (match === null) throw httpError('http-syntax', `not HTTP/1.1: ${text.slice(0, 20)}`);
  return 10 + Number(match[1]);
}

function parseFields(lines: readonly string[]): HttpHeaders {
  if (lines.length > FIELD_LIMIT) throw httpError('http-too-large', `more than ${FIELD_LIMIT} header fields`);
  return new HttpHeaders(
    lines.map((line) => {
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(colon, 0));
      // A blank before the colon and folded lines are how requests are smuggled past a proxy: refused, as RFC 9112 asks.
      if (!TOKEN.test(name)) throw httpError('http-syntax', 'malformed header field');
      return [name, line.slice(colon + 1).trim()] as const;
    }),
  );
}

const REASONS: Readonly<Record<number, string>> = {
  100: 'Continue', 101: 'UPGRADED', 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 304: 'Not Modified', 400: 'Bad Request',
  401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable', 408: 'Request Timeout', 409: 'Conflict',
  413: 'Request Entity Too Large', 417: 'Expectation Failed', 431: 'Request Header Fields Too Large', 500: 'Internal Server Error',
  501: 'Not Implemented', 503: 'Service Unavailable',
};

function reasonOf(status: number): string {
  return REASONS[status] ?? 'Unknown';
}
