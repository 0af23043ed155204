import { deferred, encodeUtf8, messageOf } from '@drover/core';
import type { Connection } from '@drover/host';
import { connectionPair, readAllText } from '@drover/host';
import { equal, match, ok, test } from '@drover/testing';
import { HttpHeaders } from './headers.ts';
import type { HttpHandler } from './server.ts';
import { serveConnection } from './server.ts';

function serve(handler: HttpHandler): { client: Connection; done: Promise<void> } {
  const [client, server] = connectionPair();
  const done = serveConnection(server, handler, {
    headers: HttpHeaders.of({ Server: 'test' }),
    onError: (exchange, error) => exchange.respondJson(400, { message: messageOf(error) }),
  });
  return { client, done };
}

async function converse(handler: HttpHandler, request: string): Promise<string> {
  const { client, done } = serve(handler);
  await client.write(encodeUtf8(request));
  client.closeWrite();
  const answer = await readAllText(client);
  await done;
  return answer;
}

test('requests on one connection are answered in order, also when they were sent at once', async () => {
  const answer = await converse(async (exchange) => exchange.respond(200, undefined, exchange.head.target), 'GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\n');
  equal(answer, 'HTTP/1.1 200 OK\r\nServer: test\r\nContent-Length: 2\r\n\r\n/aHTTP/1.1 200 OK\r\nServer: test\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/b');
});

test('a body that the handler ignores does not become the next request', async () => {
  const answer = await converse(async (exchange) => exchange.respond(204), 'POST /a HTTP/1.1\r\nContent-Length: 24\r\n\r\nGET /evil HTTP/1.1\r\n\r\n\r\nGET /b HTTP/1.1\r\n\r\n');
  equal(answer.split('HTTP/1.1 204').length, 3);
});

test('a handler that fails is answered by the error handler, one that fails in mid-stream cuts the response', async () => {
  const failed = await converse(() => Promise.reject(new Error('broken')), 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n');
  match(failed, /400 Bad Request[^]*\{"message":"broken"\}\n$/);
  const cut = await converse(async (exchange) => {
    await (await exchange.startStream(200)).write(encodeUtf8('half'));
    throw new Error('broken');
  }, 'GET / HTTP/1.1\r\n\r\n');
  match(cut, /\r\n4\r\nhalf\r\n$/);
});

test('a malformed request gets 400 and the connection ends', async () => {
  const answer = await converse(async (exchange) => exchange.respond(200), 'NONSENSE\r\n\r\nGET / HTTP/1.1\r\n\r\n');
  match(answer, /^HTTP\/1.1 400 Bad Request\r\n/);
  equal(answer.split('HTTP/1.1').length, 2);
});

test('a stream goes out in chunks, to an HTTP/1.0 client without them', async () => {
  const handler: HttpHandler = async (exchange) => {
    const sink = await exchange.startStream(200);
    await sink.write(encodeUtf8('one'));
    await sink.write(encodeUtf8('two'));
  };
  match(await converse(handler, 'GET / HTTP/1.1\r\n\r\n'), /Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n$/);
  match(await converse(handler, 'GET / HTTP/1.0\r\n\r\n'), /Connection: close\r\n\r\nonetwo$/);
});

test('a connection is taken over with 101 for an upgrade, with 200 otherwise, and what was sent early is kept', async () => {
  const handler: HttpHandler = async (exchange) => {
    const raw = await exchange.takeOver('application/vnd.docker.raw-stream');
    await raw.write(encodeUtf8(`got ${await readAllText(raw)}`));
    raw.close();
  };
  const upgraded = await converse(handler, 'POST / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly');
  equal(upgraded, 'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\ngot early');
  match(await converse(handler, 'POST / HTTP/1.1\r\n\r\nearly'), /^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\ngot early$/);
});

test('a client that waits for permission to send its body is given it', async () => {
  const { client } = serve(async (exchange) => exchange.respond(200, undefined, await exchange.readText(100)));
  await client.write(encodeUtf8('POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n'));
  const early = await client.read();
  equal(early !== undefined && early.length > 0, true);
  await client.write(encodeUtf8('hi'));
  match(await readAllText(client), /200 OK[^]*hi$/);
});

test('the handler of a long response learns that the client has gone', async () => {
  const gone = deferred();
  const { client, done } = serve(async (exchange) => {
    await exchange.startStream(200);
    exchange.whenClientLeaves().onCancel(() => gone.resolve());
    await gone.promise;
  });
  await client.write(encodeUtf8('GET / HTTP/1.1\r\n\r\n'));
  await client.read();
  client.close();
  await gone.promise;
  await done;
});

test('an answer of 304 or to HEAD has no body', async () => {
  const answer = await converse(async (exchange) => exchange.respond(exchange.head.method === 'HEAD' ? 200 : 304, undefined, 'body'), 'HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n');
  ok(!answer.includes('\r\n\r\nbody'));
});
