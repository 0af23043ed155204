// From a name to addresses. A static program has no resolver of libc's (its plugins are shared libraries), so this one
// asks the name servers of /etc/resolv.conf itself: UDP, and TCP for what does not fit.

import { CancelSource, parseIpAddress, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type { DatagramSocket, Host } from '@drover/host';
import { concatBytes } from '@drover/host';
import { parseAnswer, renderQuestion } from './dns-message.ts';
import type { Answer, RecordType } from './dns-message.ts';
import { candidateNames, findInHosts, parseResolvConf } from './resolver-files.ts';
import type { ResolverSettings } from './resolver-files.ts';

export type ResolverHost = Pick<Host, 'sockets' | 'clock' | 'random'> & { readonly files: Pick<Host['files'], 'readTextIfPresent'> };

const NAME_SERVER_PORT = 53;
/** Once there are addresses of one kind, how long those of the other are waited for: some servers never answer. */
const OTHER_KIND_MS = 200;

export function isAddress(text: string): boolean {
  return parseIpAddress(text.replace(/%[\w.-]+$/, '')) !== undefined;
}

/** IPv4 first. Throws `name-unknown` when a server says so, `name-failed` when none answers, the reason of `cancel`. */
export async function resolveName(host: ResolverHost, name: string, cancel?: Cancel): Promise<string[]> {
  if (isAddress(name)) return [name];
  const known = findInHosts(host.files.readTextIfPresent('/etc/hosts') ?? '', name);
  if (known.length > 0) return known;
  const settings = parseResolvConf(host.files.readTextIfPresent('/etc/resolv.conf') ?? '');
  if (settings.servers.length === 0) throw new RosError('name-failed', `${name} cannot be resolved: no name server is known`, { hint: 'is the network up? Set rancher.network.dns.nameservers if DHCP names none' });
  let unknown = false;
  for (const candidate of candidateNames(name, settings)) {
    const found = await askServers(host, candidate, settings, cancel);
    if (found !== undefined && found.length > 0) return found;
    unknown ||= found !== undefined;
  }
  if (unknown) throw new RosError('name-unknown', `there is no host ${name}`, { hint: `the name servers ${settings.servers.join(', ')} say so` });
  throw new RosError('name-failed', `${name} cannot be resolved: no answer from ${settings.servers.join(', ')}`, { hint: 'are the name servers in /etc/resolv.conf right?' });
}

/** Empty: there is no such name. Undefined: nobody knows. */
async function askServers(host: ResolverHost, name: string, { servers, timeoutMs, attempts }: ResolverSettings, cancel: Cancel | undefined): Promise<string[] | undefined> {
  let answered = false;
  for (let attempt = 0; attempt < attempts && !answered; attempt += 1) {
    for (const server of servers) {
      if (cancel?.reason !== undefined) throw cancel.reason;
      const addresses = await askServer(host, server, name, timeoutMs, cancel);
      if (addresses !== undefined && addresses.length > 0) return addresses;
      answered ||= addresses !== undefined;
    }
  }
  if (cancel?.reason !== undefined) throw cancel.reason;
  return answered ? [] : undefined;
}

/** Both kinds at the same time. */
async function askServer(host: ResolverHost, server: string, name: string, timeoutMs: number, cancel: Cancel | undefined): Promise<string[] | undefined> {
  const limit = new CancelSource(cancel);
  const late = (): void => limit.cancel(new RosError('timeout', `no answer from ${server}`));
  void host.clock.sleep(timeoutMs, limit).then(late, () => undefined);
  const ask = async (type: RecordType): Promise<string[] | undefined> => {
    const answer = await question(host, server, name, type, limit);
    if (answer !== undefined && answer.addresses.length > 0) void host.clock.sleep(OTHER_KIND_MS, limit).then(late, () => undefined);
    // 3: no such name. An answer without addresses: the name has none of this kind. Other errors: ask somebody else.
    return answer === undefined || (answer.error !== 0 && answer.error !== 3) ? undefined : [...answer.addresses];
  };
  const found = await Promise.all([ask('A'), ask('AAAA')]);
  limit.cancel();
  return found.every((one) => one === undefined) ? undefined : found.flatMap((one) => one ?? []);
}

/** Undefined when no usable answer comes in time, or the server cannot be reached. */
async function question(host: ResolverHost, server: string, name: string, type: RecordType, limit: Cancel): Promise<Answer | undefined> {
  const [high, low] = host.random(2);
  const id = (high! << 8) | low!;
  const query = renderQuestion(id, name, type);
  if (query === undefined) throw new RosError('name-unknown', `${name} is no host name`);
  let socket: DatagramSocket | undefined;
  try {
    socket = await host.sockets.openDatagrams({ host: server.includes(':') ? '::' : '0.0.0.0', port: 0 });
    const leave = limit.onCancel(() => socket?.close());
    await socket.send(query, { host: server, port: NAME_SERVER_PORT });
    for (let got = await socket.receive(); got !== undefined; got = await socket.receive()) {
      if (got.from.host !== server || got.from.port !== NAME_SERVER_PORT) continue; // somebody who guesses
      const answer = parseAnswer(got.bytes, id, name, type);
      if (answer === undefined) continue;
      leave();
      return answer.isCut ? await askByTcp(host, server, query, limit, (bytes) => parseAnswer(bytes, id, name, type)) : answer;
    }
    return undefined;
  } catch {
    return undefined; // unreachable: as good as no answer, the next server or attempt may do better
  } finally {
    socket?.close();
  }
}

/** Each message has its length before it (RFC 1035, 4.2.2). */
async function askByTcp(host: ResolverHost, server: string, query: Uint8Array, limit: Cancel, parse: (bytes: Uint8Array) => Answer | undefined): Promise<Answer | undefined> {
  const connection = await host.sockets.connect({ host: server, port: NAME_SERVER_PORT }, { cancel: limit });
  const leave = limit.onCancel(() => connection.close());
  try {
    await connection.write(Uint8Array.of(query.length >> 8, query.length & 255, ...query));
    let bytes = new Uint8Array(0);
    for (let chunk = await connection.read(); chunk !== undefined; chunk = await connection.read()) {
      bytes = concatBytes([bytes, chunk]).slice();
      const length = bytes.length < 2 ? Infinity : (bytes[0]! << 8) | bytes[1]!;
      if (bytes.length >= length + 2) return parse(bytes.subarray(2, length + 2));
    }
    return undefined;
  } finally {
    leave();
    connection.close();
  }
}
