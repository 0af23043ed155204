// A client's connection as the receiver of a container's or an exec's output: raw when there is a terminal, in frames
// otherwise. Holds at most 1 MiB that the client has not read; beyond that, who sends must wait.

import { codeOf } from '@drover/core';
import { ByteQueue, pump } from '@drover/host';
import type { Connection } from '@drover/host';
import { encodeFrame } from '@drover/docker-api';
import type { StreamName } from '@drover/docker-api';

const HELD_BYTES = 1 << 20;

/** What the processes of an exec see of it. */
export interface OutputClient {
  /** Resolves when the client can take more; at once when it has gone. */
  send(stream: StreamName, bytes: Uint8Array): Promise<void>;
  /** Passes on what the client sends; resolves at its end. */
  readInput(take: (bytes: Uint8Array) => Promise<void>): Promise<void>;
}

export class StreamClient implements OutputClient {
  private readonly connection: Connection;
  private readonly raw: boolean;
  private readonly queue = new ByteQueue(HELD_BYTES);
  /** Resolves when everything was sent, or the client has gone. */
  readonly finished: Promise<void>;

  constructor(connection: Connection, raw: boolean) {
    this.connection = connection;
    this.raw = raw;
    this.finished = this.pass();
  }

  private async pass(): Promise<void> {
    try {
      await pump(this.queue, this.connection);
    } catch (error) {
      if (!isGone(error)) throw error;
    } finally {
      this.queue.close();
      this.connection.close();
    }
  }

  send(stream: StreamName, bytes: Uint8Array): Promise<void> {
    return this.queue.push(this.raw ? bytes : encodeFrame(stream, bytes));
  }

  /** What was sent still goes out. */
  end(): void {
    this.queue.end();
  }

  async readInput(take: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    try {
      for (let bytes = await this.connection.read(); bytes !== undefined; bytes = await this.connection.read()) await take(bytes);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

function isGone(error: unknown): boolean {
  return ['EPIPE', 'ECONNRESET', 'ENOTCONN', 'EBADF'].includes(codeOf(error) ?? '');
}
