// Byte streams built from other byte streams; no I/O of their own.

import { decodeUtf8, deferred } from '@drover/core';
import type { Deferred } from '@drover/core';
import type { ByteSink, ByteSource, Connection } from './host.ts';

/** A source fed by hand: what a fake, a demultiplexer or an HTTP body needs. Holds what was not read yet. */
export class ByteQueue implements ByteSource {
  private chunks: Uint8Array[] = [];
  private reader: Deferred<Uint8Array | undefined> | undefined;
  private ended = false;
  private failure: Error | undefined;
  private drained: Deferred | undefined;
  private heldBytes = 0;
  private readonly limitBytes: number;

  constructor(limitBytes: number = 1 << 20) {
    this.limitBytes = limitBytes;
  }

  /** Holds as much as it may: whoever can't wait must leave out what comes now. */
  get isFull(): boolean {
    return this.heldBytes >= this.limitBytes;
  }

  /** Resolves when the queue holds less than its limit: await it, and memory stays bounded. */
  push(bytes: Uint8Array): Promise<void> {
    if (this.ended || bytes.length === 0) return Promise.resolve();
    if (this.reader !== undefined) {
      const reader = this.reader;
      this.reader = undefined;
      reader.resolve(bytes);
      return Promise.resolve();
    }
    this.chunks.push(bytes);
    this.heldBytes += bytes.length;
    if (this.heldBytes < this.limitBytes) return Promise.resolve();
    this.drained ??= deferred();
    return this.drained.promise;
  }

  end(failure?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = failure;
    const reader = this.reader;
    this.reader = undefined;
    if (failure === undefined) reader?.resolve(undefined);
    else reader?.reject(failure);
    this.drained?.resolve();
  }

  read(): Promise<Uint8Array | undefined> {
    const next = this.chunks.shift();
    if (next !== undefined) {
      this.heldBytes -= next.length;
      if (this.heldBytes < this.limitBytes) {
        this.drained?.resolve();
        this.drained = undefined;
      }
      return Promise.resolve(next);
    }
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.ended) return Promise.resolve(undefined);
    this.reader = deferred();
    return this.reader.promise;
  }

  close(): void {
    this.chunks = [];
    this.heldBytes = 0;
    this.end();
  }
}

/** Two connected ends in memory. */
export function connectionPair(): [Connection, Connection] {
  const [left, right] = [new ByteQueue(), new ByteQueue()];
  const end = (incoming: ByteQueue, outgoing: ByteQueue): Connection => ({
    read: () => incoming.read(),
    write: (bytes) => outgoing.push(bytes.slice()),
    closeWrite: () => outgoing.end(),
    close: () => {
      outgoing.end();
      incoming.close();
    },
  });
  return [end(left, right), end(right, left)];
}

/** Everything up to the end. Throws nothing of its own; drops what is beyond `limitBytes`. */
export async function readAll(source: ByteSource, limitBytes: number = Infinity): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
    const kept = chunk.subarray(0, Math.max(0, limitBytes - length));
    if (kept.length > 0) chunks.push(kept);
    length += kept.length;
  }
  return concatBytes(chunks);
}

export async function readAllText(source: ByteSource, limitBytes?: number): Promise<string> {
  return decodeUtf8(await readAll(source, limitBytes));
}

export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** Lines of a byte stream, without their line ends; an unfinished last line counts. */
export async function* readLines(source: ByteSource): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array(0);
  for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
    let bytes = rest.length === 0 ? chunk : concatBytes([rest, chunk]);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10)) {
      yield decodeUtf8(bytes.subarray(0, at));
      bytes = bytes.subarray(at + 1);
    }
    rest = bytes.slice();
  }
  if (rest.length > 0) yield decodeUtf8(rest);
}

/** Copies until the source ends; resolves with how many bytes went through. Closes neither. */
export async function pump(source: ByteSource, sink: ByteSink): Promise<number> {
  let total = 0;
  for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
    await sink.write(chunk);
    total += chunk.length;
  }
  return total;
}
