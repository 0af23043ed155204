// Reads a byte stream in the units of HTTP: heads, lines, counted bytes; the rest stays a byte stream.
// INVARIANT: at most one read of the source is under way, whoever asked for it; its outcome goes into the buffer.

import type { ByteSource } from '@drover/host';
import { concatBytes } from '@drover/host';
import { httpError } from './http-error.ts';

const NEWLINE = 10;
const RETURN = 13;
const EMPTY: Uint8Array = new Uint8Array(0);

export class ByteReader implements ByteSource {
  private readonly source: ByteSource;
  private buffer: Uint8Array = EMPTY;
  private ended = false;
  private filling: Promise<void> | undefined;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** Waits for more bytes, or the end. */
  private fill(): Promise<void> {
    if (this.ended) return Promise.resolve();
    this.filling ??= this.fillOnce();
    return this.filling;
  }

  private async fillOnce(): Promise<void> {
    try {
      const chunk = await this.source.read();
      if (chunk === undefined) this.ended = true;
      else this.buffer = this.buffer.length === 0 ? chunk : concatBytes([this.buffer, chunk]);
    } finally {
      this.filling = undefined;
    }
  }

  /** Up to and with an empty line; undefined when the stream ends before its first byte. */
  async readHead(limitBytes: number): Promise<Uint8Array | undefined> {
    let searched = 0;
    for (;;) {
      const end = endOfHead(this.buffer, searched);
      if (end > limitBytes || (end < 0 && this.buffer.length > limitBytes)) throw httpError('http-too-large', `head of more than ${limitBytes} bytes`);
      if (end >= 0) return this.take(end);
      if (this.ended && this.buffer.length === 0) return undefined;
      if (this.ended) throw httpError('http-truncated', 'the head ended early');
      searched = Math.max(0, this.buffer.length - 3);
      await this.fill();
    }
  }

  /** A line without its end. */
  async readLine(limitBytes: number): Promise<Uint8Array> {
    for (;;) {
      const end = this.buffer.indexOf(NEWLINE);
      if (end > limitBytes || (end < 0 && this.buffer.length > limitBytes)) throw httpError('http-too-large', `line of more than ${limitBytes} bytes`);
      if (end >= 0) {
        const line = this.take(end + 1).subarray(0, -1);
        return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
      }
      if (this.ended) throw httpError('http-truncated', 'a line ended early');
      await this.fill();
    }
  }

  /** Some bytes, at most `limit`; undefined at the end. */
  async readSome(limit: number): Promise<Uint8Array | undefined> {
    if (this.buffer.length === 0) await this.fill();
    if (this.buffer.length === 0) return undefined;
    return this.take(Math.min(limit, this.buffer.length));
  }

  /** Exactly so many, or undefined when the stream ends first. */
  async readExactly(count: number): Promise<Uint8Array | undefined> {
    while (this.buffer.length < count && !this.ended) await this.fill();
    return this.buffer.length < count ? undefined : this.take(count);
  }

  read(): Promise<Uint8Array | undefined> {
    return this.readSome(Infinity);
  }

  /** Resolves to true when the peer is done sending, to false as soon as it has sent something that nobody has read. */
  async waitForEnd(): Promise<boolean> {
    if (this.buffer.length === 0 && !this.ended) await this.fill();
    return this.ended && this.buffer.length === 0;
  }

  close(): void {
    this.buffer = EMPTY;
    this.ended = true;
    this.source.close();
  }

  private take(count: number): Uint8Array {
    const taken = this.buffer.subarray(0, count);
    this.buffer = count === this.buffer.length ? EMPTY : this.buffer.subarray(count);
    return taken;
  }
}

/** Where the byte after the empty line is, or -1. Line ends may be LF alone. */
function endOfHead(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(NEWLINE, from); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    const previous = at > 0 && bytes[at - 1] === RETURN ? at - 2 : at - 1;
    if (previous >= 0 && bytes[previous] === NEWLINE) return at + 1;
  }
  return -1;
}
