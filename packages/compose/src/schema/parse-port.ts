// The short form of a published port: [[IP:]HOST_PORTS:]PORTS[/PROTOCOL].

import { parseIpAddress } from '@drover/core';

export interface ParsedPort {
  readonly hostIp: string;
  /** One port or a range; empty: the engine picks one. */
  readonly published: string;
  readonly target: number;
  readonly protocol: string;
}

/** A text: what is wrong. Several ports for a range, in the order in which Docker Compose lists them. */
export function parsePort(text: string): readonly ParsedPort[] | string {
  const slash = text.indexOf('/');
  const protocol = (slash < 0 ? 'tcp' : text.slice(slash + 1)).toLowerCase();
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) return `the protocol must be tcp, udp or sctp, not ${protocol === '' ? 'empty' : protocol}`;
  const parts = splitAddress(slash < 0 ? text : text.slice(0, slash));
  if (parts === undefined) return 'the form is [[IP:]HOST_PORT:]PORT[/PROTOCOL]';
  const target = parseRange(parts.target);
  if (target === undefined) return parts.target === '' ? 'the port of the container is missing' : `${parts.target} is no port`;
  const host = parts.host === '' ? undefined : parseRange(parts.host);
  if (parts.host !== '' && host === undefined) return `${parts.host} is no port`;
  const size = target.last - target.first;
  if (host !== undefined && host.last - host.first !== size && size > 0) return 'the two ranges of ports are not equally long';
  const ports: ParsedPort[] = [];
  for (let i = 0; i <= size; i += 1) {
    const published = host === undefined ? '' : size === 0 ? parts.host : String(host.first + i);
    ports.push({ hostIp: parts.ip, published, target: target.first + i, protocol });
  }
  // As texts: 10 comes before 9.
  return ports.map((port) => [String(port.target), port] as const).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port);
}

interface Parts {
  readonly ip: string;
  readonly host: string;
  readonly target: string;
}

function splitAddress(text: string): Parts | undefined {
  const bracket = /^\[([0-9a-fA-F:.%a-z]+)\]:(.*)$/.exec(text);
  const rest = (bracket === null ? text : bracket[2]!).split(':');
  const target = rest.pop()!;
  if (bracket !== null) return rest.length > 1 ? undefined : { ip: bracket[1]!, host: rest[0] ?? '', target };
  const host = rest.pop() ?? '';
  const ip = rest.join(':');
  return ip === '' || parseIpAddress(ip) !== undefined ? { ip, host, target } : undefined;
}

function parseRange(text: string): { readonly first: number; readonly last: number } | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  return first > last || last > 65535 ? undefined : { first, last };
}
