import { encodeUtf8 } from '@drover/core';
import type { Datagram } from '@drover/host';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { parseAnswer, renderQuestion } from './dns-message.ts';
import { resolveName } from './resolve-name.ts';
import { candidateNames, findInHosts, parseResolvConf } from './resolver-files.ts';

interface Zone {
  /** NAME TYPE -> addresses as bytes. */
  readonly records: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Of every answer; 3 where there is no record. */
  readonly error?: number;
  readonly isCut?: boolean;
  readonly badId?: boolean;
}

/** A name server's answer, with the name compressed and a CNAME before the addresses. */
function answer(query: Uint8Array, { records, error, isCut, badId }: Zone): Uint8Array {
  let at = 12;
  const labels: string[] = [];
  while (query[at] !== 0) {
    labels.push(String.fromCharCode(...query.subarray(at + 1, at + 1 + query[at]!)));
    at += 1 + query[at]!;
  }
  const type = query[at + 2]!;
  const found = records[`${labels.join('.')} ${type === 1 ? 'A' : 'AAAA'}`];
  const known = found !== undefined || Object.keys(records).some((key) => key.startsWith(`${labels.join('.')} `));
  const fixed = [0, type, 0, 1, 0, 0, 0, 60];
  const alias = [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, 12];
  const rows = isCut === true ? [] : (found ?? []).flatMap((address) => [0xc0, 12, ...fixed, 0, address.length, ...address]);
  const count = isCut === true ? 0 : (found?.length ?? 0) + 1;
  return Uint8Array.of(query[0]! ^ (badId === true ? 1 : 0), query[1]!, 0x81 | (isCut === true ? 2 : 0), 0x80 | (error ?? (known ? 0 : 3)), 0, 1, 0, count, 0, 0, 0, 0, ...query.subarray(12, at + 5), ...(isCut === true ? [] : alias), ...rows);
}

function hostWith(conf: string, servers: Readonly<Record<string, Zone>>): FakeHost {
  const host = new FakeHost({ '/etc/resolv.conf': conf, '/etc/hosts': '127.0.0.1 localhost\n10.9.9.9 fixed.test # mine\n' });
  for (const [address, zone] of Object.entries(servers)) {
    host.sockets.datagramServers[`${address}:53`] = (query): Datagram[] => [{ bytes: answer(query, zone), from: { host: address, port: 53 } }];
  }
  return host;
}

const RECORDS: Zone['records'] = { 'h.test A': [[192, 0, 2, 1], [192, 0, 2, 2]], 'h.test AAAA': [[0x20, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]], 'six.test AAAA': [[0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]] };

test('a name has all its addresses, IPv4 first; a number and a name of /etc/hosts need no server', async () => {
  const host = hostWith('nameserver 10.0.0.1\n', { '10.0.0.1': { records: RECORDS } });
  deepEqual(await resolveName(host, 'h.test'), ['192.0.2.1', '192.0.2.2', '2001:db8:0:0:0:0:0:1']);
  deepEqual(await resolveName(host, 'six.test'), ['fd00:0:0:0:0:0:0:5']);
  deepEqual(await resolveName(host, 'fixed.test'), ['10.9.9.9']);
  deepEqual(await resolveName(new FakeHost(), '192.0.2.7'), ['192.0.2.7']);
  deepEqual(await resolveName(new FakeHost(), 'fd00::7'), ['fd00::7']);
});

test('the search list completes short names', async () => {
  const host = hostWith('search test example.org\nnameserver 10.0.0.1\n', { '10.0.0.1': { records: RECORDS } });
  deepEqual(await resolveName(host, 'h'), ['192.0.2.1', '192.0.2.2', '2001:db8:0:0:0:0:0:1']);
  deepEqual(candidateNames('a.b', { search: ['x'], dots: 1 }), ['a.b', 'a.b.x']);
  deepEqual(candidateNames('a.b', { search: ['x'], dots: 2 }), ['a.b.x', 'a.b']);
  deepEqual(candidateNames('a.', { search: ['x'], dots: 1 }), ['a.']);
});

test('a server that is silent, fails or answers something else is passed over; one that knows of no such name is believed', async () => {
  const zones = { '10.0.0.2': { records: {}, error: 2 }, '10.0.0.3': { records: RECORDS } };
  deepEqual((await resolveName(hostWith('nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n', zones), 'h.test')).length, 3);
  await rejects(() => resolveName(hostWith('nameserver 10.0.0.3\n', zones), 'none.test'), 'name-unknown');
  await rejects(() => resolveName(hostWith('nameserver 10.0.0.1\nnameserver 10.0.0.2\n', zones), 'h.test'), 'name-failed');
  await rejects(() => resolveName(hostWith('nameserver 10.0.0.4\n', { '10.0.0.4': { records: RECORDS, badId: true } }), 'h.test'), 'name-failed');
  await rejects(() => resolveName(new FakeHost(), 'h.test'), 'name-failed');
  await rejects(() => resolveName(hostWith('nameserver 10.0.0.3\n', zones), `${'x'.repeat(64)}.test`), 'name-unknown');
});

test('an answer that does not fit is asked for again over TCP', async () => {
  const host = hostWith('nameserver 10.0.0.1\n', { '10.0.0.1': { records: RECORDS, isCut: true } });
  host.sockets.listen({ host: '10.0.0.1', port: 53 }, (connection) => void (async () => {
    const query = (await connection.read())!.subarray(2);
    const bytes = answer(query, { records: RECORDS });
    await connection.write(Uint8Array.of(bytes.length >> 8, bytes.length & 255, ...bytes.subarray(0, 20)));
    await connection.write(bytes.subarray(20));
  })());
  deepEqual((await resolveName(host, 'h.test')).length, 3);
});

test('a damaged answer is no answer, however it is damaged', () => {
  const query = renderQuestion(7, 'h.test', 'A')!;
  const good = answer(query, { records: RECORDS });
  deepEqual(parseAnswer(good, 7, 'H.test.', 'A')?.addresses, ['192.0.2.1', '192.0.2.2']);
  for (let end = 0; end < good.length; end += 1) equal(parseAnswer(good.subarray(0, end), 7, 'h.test', 'A'), undefined);
  const circle = good.slice();
  circle[12] = 0xc0;
  circle[13] = 12;
  equal(parseAnswer(circle, 7, 'h.test', 'A'), undefined);
  equal(parseAnswer(good, 7, 'other.test', 'A'), undefined);
  equal(parseAnswer(encodeUtf8('HTTP/1.1 400'), 7, 'h.test', 'A'), undefined);
});

test('resolv.conf and hosts are read as other resolvers read them', () => {
  deepEqual(parseResolvConf('# by dhcpcd\nnameserver 10.0.0.1\nnameserver fe80::1%eth0\nnameserver a\nnameserver b\ndomain example.org\noptions ndots:3 timeout:1 attempts:99 rotate\n'), {
    servers: ['10.0.0.1', 'fe80::1', 'a'], search: ['example.org'], dots: 3, timeoutMs: 1000, attempts: 5,
  });
  deepEqual(parseResolvConf(''), { servers: [], search: [], dots: 1, timeoutMs: 3000, attempts: 2 });
  deepEqual(findInHosts('10.0.0.1 a b\n10.0.0.2 B\n#10.0.0.3 b\n', 'b'), ['10.0.0.1', '10.0.0.2']);
});
