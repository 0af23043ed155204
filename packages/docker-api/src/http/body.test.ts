import { decodeUtf8, encodeUtf8 } from '@drover/core';
import { ByteQueue, readAllText } from '@drover/host';
import type { ByteSource } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import type { BodyLength } from './body.ts';
import { Body, bodyLengthOf, ChunkedSink, encodeChunk } from './body.ts';
import { ByteReader } from './byte-reader.ts';
import { HttpHeaders } from './headers.ts';

/** A reader that gets the text in pieces of `size` bytes. */
function readerOf(text: string, size: number): ByteReader {
  const queue = new ByteQueue();
  const bytes = encodeUtf8(text);
  for (let at = 0; at < bytes.length; at += size) void queue.push(bytes.subarray(at, at + size));
  queue.end();
  return new ByteReader(queue);
}

const SPLITS = [1, 2, 3, 7, 1000];

test('a chunked body is the same however the network cuts it, and the next message follows', async () => {
  for (const size of SPLITS) {
    const reader = readerOf('4\r\nWiki\r\n6;ext=1\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nTrailer: x\r\n\r\nNEXT', size);
    const body = new Body(reader, { kind: 'chunked' });
    equal(await readAllText(body), 'Wikipedia in \r\n\r\nchunks.');
    equal(body.isRead, true);
    equal(await readAllText(reader), 'NEXT');
  }
});

test('a counted body ends where it says', async () => {
  for (const size of SPLITS) {
    const reader = readerOf('12345678', size);
    equal(await readAllText(new Body(reader, { kind: 'counted', bytes: 5 })), '12345');
    equal(await readAllText(reader), '678');
  }
});

test('bodies that end early, lie about their chunks or never end fail', async () => {
  const bad: readonly (readonly [string, BodyLength, string])[] = [
    ['123', { kind: 'counted', bytes: 4 }, 'http-truncated'],
    ['4\r\nWi', { kind: 'chunked' }, 'http-truncated'],
    ['4\r\nWiki', { kind: 'chunked' }, 'http-truncated'],
    ['2\r\nWiki\r\n0\r\n\r\n', { kind: 'chunked' }, 'http-syntax'],
    ['x\r\n', { kind: 'chunked' }, 'http-syntax'],
    ['-1\r\n', { kind: 'chunked' }, 'http-syntax'],
    ['fffffffffffff\r\n', { kind: 'chunked' }, 'http-syntax'],
    [`${'1'.repeat(9000)}\r\n`, { kind: 'chunked' }, 'http-too-large'],
    [`0\r\n${'a: b\r\n'.repeat(100)}\r\n`, { kind: 'chunked' }, 'http-too-large'],
  ];
  for (const [text, length, code] of bad) await rejects(() => readAllText(new Body(readerOf(text, 5), length)), code);
});

test('text beyond its limit is refused, counted or chunked', async () => {
  await rejects(() => new Body(readerOf('123456', 2), { kind: 'counted', bytes: 6 }).readText(5), 'http-too-large');
  await rejects(() => new Body(readerOf('6\r\n123456\r\n0\r\n\r\n', 2), { kind: 'chunked' }).readText(5), 'http-too-large');
  equal(await new Body(readerOf('12345', 2), { kind: 'counted', bytes: 5 }).readText(5), '12345');
});

test('a body without end is refused as soon as it is too long, and no more of it is read', async () => {
  let given = 0;
  const endless: ByteSource = {
    read() {
      given += 1;
      return Promise.resolve(encodeUtf8(`400\r\n${'x'.repeat(1024)}\r\n`));
    },
    close: () => undefined,
  };
  await rejects(() => new Body(new ByteReader(endless), { kind: 'chunked' }).readBytes(10_000), 'http-too-large');
  equal(given, 10);
});

test('the length of a body follows from the header fields, and contradictions are refused', async () => {
  const length = (fields: readonly (readonly [string, string])[]): BodyLength | undefined => bodyLengthOf(new HttpHeaders(fields));
  equal(length([]), undefined);
  deepEqual(length([['Content-Length', '0']]), { kind: 'none' });
  deepEqual(length([['Content-Length', '7'], ['Content-Length', '7']]), { kind: 'counted', bytes: 7 });
  deepEqual(length([['Transfer-Encoding', 'Chunked']]), { kind: 'chunked' });
  const bad: readonly (readonly (readonly [string, string])[])[] = [
    [['Content-Length', '7'], ['Content-Length', '8']],
    [['Content-Length', '-7']],
    [['Content-Length', '0x7']],
    [['Content-Length', '7'], ['Transfer-Encoding', 'chunked']],
    [['Transfer-Encoding', 'gzip, chunked']],
    [['Transfer-Encoding', 'identity']],
  ];
  for (const fields of bad) await rejects(() => length(fields), 'http-syntax');
});

test('a head is found however it is cut, and is limited', async () => {
  for (const size of SPLITS) {
    const reader = readerOf('GET / HTTP/1.1\r\nA: b\r\n\r\nrest', size);
    equal(decodeUtf8((await reader.readHead(100))!), 'GET / HTTP/1.1\r\nA: b\r\n\r\n');
    equal(await readAllText(reader), 'rest');
  }
  await rejects(() => readerOf(`GET /${'x'.repeat(200)}`, 50).readHead(100), 'http-too-large');
  await rejects(() => readerOf('GET / HT', 3).readHead(100), 'http-truncated');
  equal(await readerOf('', 1).readHead(100), undefined);
});

test('waiting for the end tells a peer that has gone from one that sends more', async () => {
  const queue = new ByteQueue();
  const reader = new ByteReader(queue);
  const first = reader.waitForEnd();
  void queue.push(encodeUtf8('x'));
  equal(await first, false);
  equal(decodeUtf8((await reader.read())!), 'x');
  const second = reader.waitForEnd();
  queue.end();
  equal(await second, true);
});

test('a chunked sink frames what it is given and ends once', async () => {
  const queue = new ByteQueue();
  const sink = new ChunkedSink({ write: (bytes) => queue.push(bytes), close: () => undefined });
  await sink.write(encodeUtf8('hello'));
  await sink.write(new Uint8Array(0));
  await sink.finish();
  await sink.finish();
  queue.end();
  equal(await readAllText(queue), '5\r\nhello\r\n0\r\n\r\n');
  equal(decodeUtf8(encodeChunk(new Uint8Array(26)).subarray(0, 4)), '1a\r\n');
});
