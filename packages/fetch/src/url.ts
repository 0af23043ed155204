// Addresses of the web, as far as they are fetched here: http and https. QuickJS has no URL class.

import { join, quoteText, RosError } from '@drover/core';

export interface Url {
  readonly scheme: 'http' | 'https';
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query, encoded; begins with `/`. */
  readonly target: string;
  /** USER:PASSWORD, decoded. */
  readonly login?: string;
}

const PORTS = { http: 80, https: 443 } as const;
const FORM = /^(https?):\/\/(?:([^/?#@\s]*)@)?(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?([/?][^#]*)?(?:#.*)?$/i;

/** Throws `bad-url`. */
export function parseUrl(text: string): Url {
  const found = text.length > 4096 ? null : FORM.exec(text);
  if (found === null) throw new RosError('bad-url', `${quoteText(text)} is no address that can be fetched`, { hint: 'write it as http://HOST/PATH or https://HOST/PATH' });
  const scheme = found[1]!.toLowerCase() as Url['scheme'];
  const port = found[5] === undefined ? PORTS[scheme] : Number(found[5]);
  if (port < 1 || port > 65_535) throw new RosError('bad-url', `${quoteText(text)} has the port ${port}`, { hint: 'ports are 1 to 65535' });
  const rest = found[6] ?? '/';
  return { scheme, host: (found[3] ?? found[4]!).toLowerCase(), port, target: encodeTarget(rest.startsWith('?') ? `/${rest}` : rest), ...(found[2] !== undefined && { login: decodeLogin(found[2]) }) };
}

/** Where a `Location` leads, seen from `base`. */
export function resolveUrl(base: Url, location: string): Url {
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return parseUrl(location);
  if (location.startsWith('//')) return parseUrl(`${base.scheme}:${location}`);
  const [path = '', ...query] = location.split('#', 1)[0]!.split('?');
  const folder = base.target.split('?', 1)[0]!.replace(/[^/]*$/, '');
  const absolute = path.startsWith('/') ? join('/', path) : join(folder, path);
  const target = `${absolute}${path.endsWith('/') && absolute !== '/' ? '/' : ''}${query.length === 0 ? '' : `?${query.join('?')}`}`;
  return { ...base, target: encodeTarget(target) };
}

/** As it stands in a request and in messages: without login. */
export function hostAndPort({ scheme, host, port }: Url): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === PORTS[scheme] ? name : `${name}:${port}`;
}

/** For messages: without what may be a secret. */
export function describeUrl(url: Url): string {
  return `${url.scheme}://${hostAndPort(url)}${url.target.split('?', 1)[0]!}`;
}

/** What may not stand in a request line is escaped; what is escaped stays. */
function encodeTarget(text: string): string {
  return text.replace(/[^!-~]+/gu, (part) => encodeURIComponent(part));
}

function decodeLogin(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
