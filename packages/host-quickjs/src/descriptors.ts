// Descriptors on the event loop: waiting for readability and writability, and byte streams over them.

import { deferred } from '@drover/core';
import type { Deferred } from '@drover/core';
import type { ByteSink, ByteSource, Connection } from '@drover/host';
import * as io from 'ros:io';
import * as loop from 'ros:loop';
import * as socket from 'ros:socket';

const READABLE = 1;
const WRITABLE = 2;

/** Who waits for one descriptor. The loop knows one callback a descriptor, so both directions share this. */
export class Descriptor {
  readonly fd: number;
  private readers: Deferred[] = [];
  private writers: Deferred[] = [];
  private interest = 0;
  private open = true;

  constructor(fd: number) {
    this.fd = fd;
  }

  get isOpen(): boolean {
    return this.open;
  }

  readable(): Promise<void> {
    return this.wait(this.readers);
  }

  writable(): Promise<void> {
    return this.wait(this.writers);
  }

  private wait(waiting: Deferred[]): Promise<void> {
    const done = deferred();
    waiting.push(done);
    try {
      this.update();
    } catch (error) {
      waiting.pop();
      done.reject(error);
    }
    return done.promise;
  }

  private update(): void {
    const wanted = (this.readers.length > 0 ? READABLE : 0) | (this.writers.length > 0 ? WRITABLE : 0);
    if (wanted === this.interest) return;
    if (wanted === 0) loop.unwatch(this.fd);
    else loop.watch(this.fd, wanted, (ready) => this.wake(ready));
    this.interest = wanted;
  }

  private wake(ready: number): void {
    const woken: Deferred[] = [];
    if ((ready & READABLE) !== 0) woken.push(...this.readers.splice(0));
    if ((ready & WRITABLE) !== 0) woken.push(...this.writers.splice(0));
    this.update();
    for (const one of woken) one.resolve();
  }

  /** Whoever waits is woken and finds the descriptor closed. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    this.wake(READABLE | WRITABLE);
    io.close(this.fd);
  }
}

const scratch = new Uint8Array(65536);

export function sourceOf(descriptor: Descriptor): ByteSource {
  io.setNonBlocking(descriptor.fd, true);
  return {
    async read() {
      for (;;) {
        if (!descriptor.isOpen) return undefined;
        const got = readOrEnd(descriptor.fd);
        if (got !== null) return got > 0 ? scratch.slice(0, got) : undefined;
        await descriptor.readable();
      }
    },
    close: () => descriptor.close(),
  };
}

/** A pseudo terminal whose other side is gone answers EIO: that is its end of file. */
function readOrEnd(fd: number): number | null {
  try {
    return io.read(fd, scratch);
  } catch (error) {
    if ((error as { code?: string }).code === 'EIO') return 0;
    throw error;
  }
}

export function sinkOf(descriptor: Descriptor): ByteSink {
  io.setNonBlocking(descriptor.fd, true);
  return {
    write: (bytes) => writeAll(descriptor, bytes, (part) => io.write(descriptor.fd, part)),
    close: () => descriptor.close(),
  };
}

/** What writing to a descriptor that was closed here comes to: the same as when the other side has closed it. */
export function closedError(): Error {
  return Object.assign(new Error('write: EPIPE'), { code: 'EPIPE' });
}

export async function writeAll(descriptor: Descriptor, bytes: Uint8Array, put: (part: Uint8Array) => number | null): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    if (!descriptor.isOpen) throw closedError();
    const sent = put(at === 0 ? bytes : bytes.subarray(at));
    if (sent === null) await descriptor.writable();
    else at += sent;
  }
}

/** A connected stream socket. */
export function connectionOf(descriptor: Descriptor): Connection {
  return {
    async read() {
      for (;;) {
        if (!descriptor.isOpen) return undefined;
        const got = socket.receive(descriptor.fd, scratch);
        if (got !== null) return got > 0 ? scratch.slice(0, got) : undefined;
        await descriptor.readable();
      }
    },
    write: (bytes) => writeAll(descriptor, bytes, (part) => socket.send(descriptor.fd, part)),
    closeWrite() {
      if (!descriptor.isOpen) return;
      try {
        socket.shutdown(descriptor.fd, socket.SHUT_WR);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOTCONN') throw error; // the peer was faster
      }
    },
    close: () => descriptor.close(),
  };
}
