// Bodies of HTTP messages: how long they are (RFC 9112, 6.3), reading them, writing them in chunks.

import type { ByteSink, ByteSource } from '@drover/host';
import { concatBytes } from '@drover/host';
import { decodeUtf8, encodeUtf8 } from '@drover/core';
import type { ByteReader } from './byte-reader.ts';
import type { HttpHeaders } from './headers.ts';
import { httpError } from './http-error.ts';

export type BodyLength =
  | { readonly kind: 'none' }
  | { readonly kind: 'counted'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** Up to the end of the stream: responses only. */
  | { readonly kind: 'rest' };

const LINE_LIMIT_BYTES = 8 << 10;

/** Throws `http-syntax` when the fields contradict each other. */
export function bodyLengthOf(headers: HttpHeaders): BodyLength | undefined {
  const encodings = headers.getList('transfer-encoding');
  const lengths = new Set(headers.getList('content-length'));
  if (encodings.length > 0) {
    if (lengths.size > 0 || encodings.length > 1 || encodings[0]!.toLowerCase() !== 'chunked') throw httpError('http-syntax', 'unusable Transfer-Encoding');
    return { kind: 'chunked' };
  }
  if (lengths.size === 0) return undefined;
  const [length] = lengths;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length!)) throw httpError('http-syntax', 'unusable Content-Length');
  return Number(length) === 0 ? { kind: 'none' } : { kind: 'counted', bytes: Number(length) };
}

/** A body that knows when it has been read to its end: only then does the next message follow on the connection. */
export class Body implements ByteSource {
  readonly length: BodyLength;
  private readonly reader: ByteReader;
  /** Of the counted body, or of the present chunk. */
  private left: number;
  private chunkSeen = false;
  private ended: boolean;

  constructor(reader: ByteReader, length: BodyLength) {
    this.reader = reader;
    this.length = length;
    this.left = length.kind === 'counted' ? length.bytes : 0;
    this.ended = length.kind === 'none';
  }

  get isRead(): boolean {
    return this.ended;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.ended) return undefined;
    if (this.length.kind === 'rest') return this.readRest();
    if (this.length.kind === 'chunked' && this.left === 0) this.left = await this.readChunkSize();
    if (this.left === 0) {
      this.ended = true;
      return undefined;
    }
    const bytes = await this.reader.readSome(this.left);
    if (bytes === undefined) throw httpError('http-truncated', 'the body ended early');
    this.left -= bytes.length;
    if (this.left === 0 && this.length.kind === 'counted') this.ended = true;
    return bytes;
  }

  private async readRest(): Promise<Uint8Array | undefined> {
    const bytes = await this.reader.read();
    this.ended = bytes === undefined;
    return bytes;
  }

  /** 0 after the last chunk, with its trailer read. */
  private async readChunkSize(): Promise<number> {
    if (this.chunkSeen && (await this.reader.readLine(LINE_LIMIT_BYTES)).length > 0) throw httpError('http-syntax', 'a chunk is longer than it says');
    this.chunkSeen = true;
    const line = decodeUtf8(await this.reader.readLine(LINE_LIMIT_BYTES));
    const match = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line);
    if (match === null) throw httpError('http-syntax', 'malformed chunk size');
    const size = parseInt(match[1]!, 16);
    if (size === 0) {
      for (let fields = 0; (await this.reader.readLine(LINE_LIMIT_BYTES)).length > 0; fields += 1) {
        if (fields > 64) throw httpError('http-too-large', 'endless trailer');
      }
    }
    return size;
  }

  /** Throws `http-too-large` when there is more than `limitBytes`. */
  async readText(limitBytes: number): Promise<string> {
    return decodeUtf8(await this.readBytes(limitBytes));
  }

  /** As readText. */
  async readBytes(limitBytes: number): Promise<Uint8Array> {
    if (this.length.kind === 'counted' && this.length.bytes > limitBytes) throw httpError('http-too-large', `body of more than ${limitBytes} bytes`);
    const chunks: Uint8Array[] = [];
    let lengthBytes = 0;
    // The rest is not waited for: it may be without end, and come so fast that no clock gets its turn.
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) {
      chunks.push(chunk);
      lengthBytes += chunk.length;
      if (lengthBytes > limitBytes) throw httpError('http-too-large', `body of more than ${limitBytes} bytes`);
    }
    return concatBytes(chunks);
  }

  /** Ends the connection under it when it was not read to its end. */
  close(): void {
    if (!this.ended) this.reader.close();
  }
}

const LINE_END = encodeUtf8('\r\n');

export function encodeChunk(bytes: Uint8Array): Uint8Array {
  return concatBytes([encodeUtf8(`${bytes.length.toString(16)}\r\n`), bytes, LINE_END]);
}

export const LAST_CHUNK: Uint8Array = encodeUtf8('0\r\n\r\n');

/** Each write is one chunk; `finish` sends the last one. Closing before that tells the peer that the body is broken. */
export class ChunkedSink implements ByteSink {
  private readonly sink: ByteSink;
  private finished = false;

  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  write(bytes: Uint8Array): Promise<void> {
    return bytes.length === 0 ? Promise.resolve() : this.sink.write(encodeChunk(bytes));
  }

  async finish(): Promise<void> {
    if (this.finished) return;
    this.finished = true;
    await this.sink.write(LAST_CHUNK);
  }

  close(): void {
    this.sink.close();
  }
}
