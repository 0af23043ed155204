// Byte sources and sinks over Node's streams.

import type { Readable, Writable } from 'node:stream';
import { deferred } from '@drover/core';
import type { ByteSink, ByteSource } from '@drover/host';
import { ByteQueue } from '@drover/host';

/** Reads on only while what was read is taken: memory stays bounded. */
export function sourceOf(stream: Readable): ByteSource {
  const queue = new ByteQueue();
  stream.on('data', (chunk: Buffer) => {
    stream.pause();
    void queue.push(new Uint8Array(chunk)).then(() => stream.resume());
  });
  stream.on('end', () => queue.end());
  stream.on('error', (error) => queue.end(error));
  stream.on('close', () => queue.end());
  return {
    read: () => queue.read(),
    close() {
      queue.close();
      stream.destroy();
    },
  };
}

export function sinkOf(stream: Writable): ByteSink {
  stream.on('error', () => undefined); // the write that failed tells
  return {
    write(bytes) {
      const done = deferred();
      stream.write(bytes, (error) => (error ? done.reject(error) : done.resolve()));
      return done.promise;
    },
    close: () => void stream.end(),
  };
}
