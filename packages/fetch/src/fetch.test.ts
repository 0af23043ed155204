import { decodeUtf8, encodeUtf8, explain } from '@drover/core';
import { HttpHeaders, serveConnection } from '@drover/docker-api';
import type { HttpExchange } from '@drover/docker-api';
import { FakeHost } from '@drover/host';
import { deepEqual, equal, match, ok, rejects, test } from '@drover/testing';
import { fetchUrl } from './fetch-url.ts';
import { fetchWithRetries } from './fetch-with-retries.ts';

type Handler = (exchange: HttpExchange, count: number) => Promise<void>;

/** A web server at 192.0.2.1 port 80, which is `h` too; what was asked for, as lines. */
function web(handler: Handler, address = { host: '192.0.2.1', port: 80 }): { host: FakeHost; asked: string[] } {
  const host = new FakeHost({ '/etc/hosts': '192.0.2.1 h other\n192.0.2.9 gone\n192.0.2.2 proxy\n' });
  const asked: string[] = [];
  const serve = async (exchange: HttpExchange): Promise<void> => {
    asked.push(`${exchange.head.method} ${exchange.head.headers.get('host') ?? ''} ${exchange.head.target}`);
    await handler(exchange, asked.length);
  };
  host.sockets.listen(address, (connection) => void serveConnection(connection, serve, { headers: new HttpHeaders(), onError: (exchange) => exchange.respond(500) }));
  return { host, asked };
}

function redirect(exchange: HttpExchange, location: string): Promise<void> {
  return exchange.respond(302, HttpHeaders.of({ Location: location }));
}

test('the body of an address is fetched, with the headers asked for', async () => {
  const { host, asked } = web(async (exchange) => exchange.respond(200, undefined, exchange.head.headers.get('metadata-flavor') ?? ''));
  const { body, status } = await fetchUrl(host, 'http://h/a?b', { headers: { 'Metadata-Flavor': 'Google' } });
  deepEqual([decodeUtf8(body), status, asked], ['Google', 200, ['GET h /a?b']]);
});

test('redirects are followed, but not in circles, and what was meant for one server does not reach another', async () => {
  const { host, asked } = web(async (exchange, count) => (count < 3 ? redirect(exchange, count === 1 ? '/b' : 'http://other/c') : exchange.respond(200, undefined, exchange.head.headers.get('x-token') ?? 'none')));
  const { body } = await fetchUrl(host, 'http://h/a', { headers: { 'X-Token': 'secret' } });
  deepEqual([decodeUtf8(body), asked], ['none', ['GET h /a', 'GET h /b', 'GET other /c']]);
  const circle = web((exchange) => redirect(exchange, '/again'));
  await rejects(() => fetchUrl(circle.host, 'http://h/'), 'redirect');
  equal(circle.asked.length, 6);
  await rejects(() => fetchUrl(web((exchange) => redirect(exchange, 'file:///etc/shadow')).host, 'http://h/'), 'bad-url');
});

test('a body without end, a head without end and a server that says nothing end the fetch', async () => {
  const endless = web(async (exchange) => {
    const sink = await exchange.startStream(200);
    for (let i = 0; i < 100; i += 1) await sink.write(new Uint8Array(65_536));
  });
  await rejects(() => fetchUrl(endless.host, 'http://h/', { limitBytes: 300_000 }), 'http-too-large');
  const announced = new FakeHost({ '/etc/hosts': '192.0.2.1 h\n' });
  announced.sockets.listen({ host: '192.0.2.1', port: 80 }, (connection) => void connection.write(encodeUtf8('HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\nx')));
  await rejects(() => fetchUrl(announced, 'http://h/'), 'http-too-large');
  const silent = web(() => new Promise(() => undefined));
  const before = silent.host.clock.monotonic();
  await rejects(() => fetchUrl(silent.host, 'http://h/', { timeoutMs: 3000 }), 'timeout');
  equal(silent.host.clock.monotonic() - before, 3000);
  const slow = web(async (exchange) => {
    const sink = await exchange.startStream(200);
    for (let i = 0; i < 100; i += 1) {
      await slow.host.clock.sleep(900);
      await sink.write(Uint8Array.of(1));
    }
  });
  await rejects(() => fetchUrl(slow.host, 'http://h/', { timeoutMs: 5000 }), 'timeout');
  const garbage = new FakeHost({ '/etc/hosts': '192.0.2.1 h\n' });
  garbage.sockets.listen({ host: '192.0.2.1', port: 80 }, (connection) => void connection.write(encodeUtf8('SSH-2.0-OpenSSH\r\n\r\n')));
  await rejects(() => fetchUrl(garbage, 'http://h/'), 'http-syntax');
});

test('a failure says what was fetched, why it failed, and no secret', async () => {
  const { host } = web((exchange) => exchange.respond(404));
  const error = await rejects(() => fetchUrl(host, 'http://me:secret@h/a?token=x'), 'http-status');
  equal(explain(error), 'fetching http://h/a failed: the server answers 404 Not Found');
  match(explain(await rejects(() => fetchUrl(host, 'http://gone/'), 'ECONNREFUSED')), /fetching http:\/\/gone\/ failed/);
});

test('5xx and a refused connection are tried again with growing waits; 4xx and what cannot change are not', async () => {
  const flaky = web((exchange, count) => exchange.respond(count < 4 ? 503 : 200, undefined, 'at last'));
  const began = flaky.host.clock.monotonic();
  const retried: string[] = [];
  const { body } = await fetchWithRetries(flaky.host, 'http://h/', { deadline: began + 60_000, onRetry: (error) => retried.push(explain(error)) });
  deepEqual([decodeUtf8(body), flaky.asked.length, retried.length, flaky.host.clock.monotonic() - began], ['at last', 4, 3, 700]);
  const refused = web((exchange) => exchange.respond(403));
  await rejects(() => fetchWithRetries(refused.host, 'http://h/', { deadline: refused.host.clock.monotonic() + 60_000 }), 'http-status');
  equal(refused.asked.length, 1);
  const gone = new FakeHost({ '/etc/hosts': '192.0.2.1 h\n' });
  const start = gone.clock.monotonic();
  await rejects(() => fetchWithRetries(gone, 'http://h/', { deadline: start + 20_000 }), 'ECONNREFUSED');
  ok(gone.clock.monotonic() - start <= 20_000 && gone.clock.monotonic() - start > 10_000, String(gone.clock.monotonic() - start));
  await rejects(() => fetchWithRetries(gone, 'http://h:0/', { deadline: start + 60_000 }), 'bad-url');
});

test('a proxy is asked for the whole address, with its own login', async () => {
  const { host, asked } = web(async (exchange) => exchange.respond(200, undefined, exchange.head.headers.get('proxy-authorization') ?? ''), { host: '192.0.2.2', port: 3128 });
  const { body } = await fetchUrl(host, 'http://h/a', { proxyFor: (url) => (url.host === 'h' ? 'http://me:pw@proxy:3128' : undefined) });
  deepEqual([decodeUtf8(body), asked], ['Basic bWU6cHc=', ['GET h http://h/a']]);
});

test('https goes through a tunnel of the proxy, which learns the host and nothing else', async () => {
  const host = new FakeHost({ '/etc/hosts': '192.0.2.2 proxy\n' });
  const said: string[] = [];
  host.sockets.listen({ host: '192.0.2.2', port: 80 }, (connection) => void (async () => {
    said.push(decodeUtf8((await connection.read())!));
    await connection.write(encodeUtf8(said.at(-1)!.includes('refused') ? 'HTTP/1.1 403 Forbidden\r\n\r\n' : 'HTTP/1.1 200 Connection established\r\n\r\n'));
    said.push(decodeUtf8((await connection.read())!));
    await connection.write(encodeUtf8('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  })());
  const options = { proxyFor: (): string => 'http://me:pw@proxy', headers: { 'X-Token': 'secret' } };
  equal(decodeUtf8((await fetchUrl(host, 'https://h.test/a', options)).body), 'ok');
  equal(said[0], 'CONNECT h.test:443 HTTP/1.1\r\nHost: h.test:443\r\nProxy-Authorization: Basic bWU6cHc=\r\n\r\n');
  match(said[1]!, /^GET \/a HTTP\/1.1\r\nHost: h.test\r\n[^]*X-Token: secret/);
  match(explain(await rejects(() => fetchUrl(host, 'https://refused.test/', options), 'proxy')), /http:\/\/proxy\/ answers 403 Forbidden/);
});
