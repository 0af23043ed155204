// Published ports: which of a container's ports are reached by which of the machine's. Pure.

import type { HostConfig, NameSet } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import { parseIpv4 } from './ipv4.ts';
import type { PublishedPort } from './network-record.ts';

export interface PortRequest {
  readonly port: number;
  readonly protocol: PublishedPort['protocol'];
  readonly hostAddress: string;
  /** From the first to the last of these one that is free; 0: any. */
  readonly first: number;
  readonly last: number;
}

/** Where the kernel, too, takes ports from that nobody chose. */
export const EPHEMERAL = { first: 32768, last: 60999 } as const;

/** `80/tcp`; without a protocol it is TCP. Undefined when it is none. */
export function parsePort(text: string): { readonly port: number; readonly protocol: PublishedPort['protocol'] } | undefined {
  const [, digits, protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const port = Number(digits);
  return port >= 1 && port <= 65535 ? { port, protocol: protocol.toLowerCase() as PublishedPort['protocol'] } : undefined;
}

/** Throws `invalid-parameter` in moby's words. */
export function planPorts(hostConfig: HostConfig, exposed: NameSet): PortRequest[] {
  const bindings = { ...(hostConfig.PublishAllPorts === true ? Object.fromEntries(Object.keys(exposed).map((name) => [name, []])) : {}), ...hostConfig.PortBindings };
  return sortPorts(Object.keys(bindings)).flatMap((name) => {
    const parsed = parsePort(name);
    if (parsed === undefined) throw apiError('invalid-parameter', `invalid port specification: ${JSON.stringify(name)}`);
    const given = bindings[name] ?? [];
    const wanted = given.length > 0 ? given : [{}];
    return wanted.map(({ HostIp: address = '', HostPort: ports = '' }) => {
      const [, from = '0', to = from] = /^(?:(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(ports) ?? refusePort(ports);
      if (address !== '' && parseIpv4(address) === undefined) throw apiError('invalid-parameter', `invalid IP address: ${address}`, { hint: 'System Docker publishes ports on addresses of IPv4 only' });
      const [first, last] = [Number(from), Number(to)];
      if (first > 65535 || last > 65535 || last < first) refusePort(ports);
      return { ...parsed, hostAddress: address === '' ? '0.0.0.0' : address, first, last };
    });
  });
}

function refusePort(text: string): never {
  throw apiError('invalid-parameter', `invalid port specification: ${JSON.stringify(text)}`);
}

export function sortPorts(names: readonly string[]): string[] {
  return [...names].sort(byPort);
}

function byPort(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || Number(a > b) - Number(a < b);
}

/** Ports to try, in their order, without those that other containers have. */
export function candidatePorts({ protocol, hostAddress, first, last }: PortRequest, taken: readonly PublishedPort[]): number[] {
  const others = new Set(taken.filter((one) => one.protocol === protocol && meet(one.hostAddress, hostAddress)).map(({ hostPort }) => hostPort));
  const [from, to] = first === 0 ? [EPHEMERAL.first, EPHEMERAL.last] : [first, last];
  const ports: number[] = [];
  for (let port = from; port <= to; port += 1) if (!others.has(port)) ports.push(port);
  return ports;
}

/** Whether two listeners on one port would be in each other's way. */
function meet(one: string, other: string): boolean {
  return one === other || one === '0.0.0.0' || other === '0.0.0.0';
}
