import { decodeUtf8, encodeUtf8 } from '@drover/core';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { ByteQueue, connectionPair, pump, readAll, readAllText, readLines } from './streams.ts';

test('lines are found across chunks, with an unfinished last one', async () => {
  const queue = new ByteQueue();
  for (const chunk of ['on', 'e\ntw', 'o\n\nthr\u20ac', 'e']) void queue.push(encodeUtf8(chunk));
  queue.end();
  const lines: string[] = [];
  for await (const line of readLines(queue)) lines.push(line);
  deepEqual(lines, ['one', 'two', '', 'thr\u20ace']);
});

test('a pair of connections carries both directions, and a half-close is an end for the other side only', async () => {
  const [a, b] = connectionPair();
  await a.write(encodeUtf8('ping'));
  a.closeWrite();
  equal(await readAllText(b), 'ping');
  await b.write(encodeUtf8('pong'));
  equal(decodeUtf8((await a.read())!), 'pong');
});

test('a queue that is full makes its writer wait until somebody reads', async () => {
  const queue = new ByteQueue(4);
  let written = false;
  const write = queue.push(encodeUtf8('12345')).then(() => (written = true));
  await Promise.resolve();
  equal(written, false);
  await queue.read();
  await write;
  equal(written, true);
});

test('a failure reaches the reader after what was sent before it', async () => {
  const queue = new ByteQueue();
  void queue.push(encodeUtf8('x'));
  queue.end(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
  equal(decodeUtf8((await queue.read())!), 'x');
  await rejects(() => queue.read(), 'ECONNRESET');
});

test('reading all keeps to its limit', async () => {
  const queue = new ByteQueue();
  void queue.push(encodeUtf8('abc'));
  void queue.push(encodeUtf8('def'));
  queue.end();
  equal((await readAll(queue, 4)).length, 4);
});

test('pump copies everything and counts it', async () => {
  const [from, to] = [new ByteQueue(), new ByteQueue()];
  void from.push(encodeUtf8('abc'));
  void from.push(encodeUtf8('de'));
  from.end();
  equal(await pump(from, { write: (bytes) => to.push(bytes), close: () => undefined }), 5);
  to.end();
  equal(await readAllText(to), 'abcde');
});
