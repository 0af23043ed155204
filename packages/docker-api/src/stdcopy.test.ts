import { decodeUtf8, encodeUtf8 } from '@drover/core';
import { ByteQueue, concatBytes } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { readJsonLines } from './json-lines.ts';
import type { StreamFrame } from './stdcopy.ts';
import { encodeFrame, readFrames } from './stdcopy.ts';

function queueOf(bytes: Uint8Array, size: number): ByteQueue {
  const queue = new ByteQueue();
  for (let at = 0; at < bytes.length; at += size) void queue.push(bytes.subarray(at, at + size));
  queue.end();
  return queue;
}

async function collect(frames: AsyncGenerator<StreamFrame>): Promise<string> {
  let text = '';
  let last = '';
  for await (const { stream, bytes } of frames) {
    text += (stream === last ? '' : `[${stream}]`) + decodeUtf8(bytes);
    last = stream;
  }
  return text;
}

test('frames carry two streams over one, however they are cut', async () => {
  const bytes = concatBytes([encodeFrame('stdout', encodeUtf8('out')), encodeFrame('stderr', encodeUtf8('err')), encodeFrame('stdout', encodeUtf8('more'))]);
  deepEqual([...encodeFrame('stderr', encodeUtf8('ab'))], [2, 0, 0, 0, 0, 0, 0, 2, 97, 98]);
  for (const size of [1, 3, 8, 100]) equal(await collect(readFrames(queueOf(bytes, size))), '[stdout]out[stderr]err[stdout]more');
});

test('a raw stream is not taken for frames, and a cut one is an error', async () => {
  await rejects(() => collect(readFrames(queueOf(encodeUtf8('hello world'), 100))), 'stream-format');
  await rejects(() => collect(readFrames(queueOf(encodeFrame('stdout', encodeUtf8('abc')).subarray(0, 9), 100))), 'stream-format');
});

test('an error that the engine sends inside the stream is thrown with its text', async () => {
  const frame = encodeFrame('stdout', encodeUtf8('log file is broken'));
  frame[0] = 3;
  const error = await rejects(() => collect(readFrames(queueOf(frame, 100))), 'stream-failed');
  equal(error.message, 'log file is broken');
});

test('JSON lines are parsed one by one, the last with or without its line end', async () => {
  const values: unknown[] = [];
  for await (const value of readJsonLines(queueOf(encodeUtf8('{"a":1}\r\n\n{"b":2}'), 4))) values.push(value);
  deepEqual(values, [{ a: 1 }, { b: 2 }]);
  await rejects(async () => {
    for await (const value of readJsonLines(queueOf(encodeUtf8('{"a":\n'), 4))) values.push(value);
  }, 'json-syntax');
});
