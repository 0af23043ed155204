// The serial console of a machine: all that it ever said, with the time of arrival, and a keyboard.

import { appendFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { deferred, formatMs, RosError } from '@drover/core';

export const LAST_LINES_TITLE = 'its last lines:';
const LAST_LINES = 20;

interface Waiter {
  check(): void;
  gone(): void;
}

export interface WaitOptions {
  readonly deadlineMs: number;
  /** A position from mark(); default: the very beginning. */
  readonly since?: number;
}

export class SerialConsole {
  /** Colours and cursor movements removed. */
  text = '';
  readonly file: string;
  private socket: Socket | undefined;
  private readonly waiters = new Set<Waiter>();
  private readonly arrivals: { readonly position: number; readonly atMs: number }[] = [];
  private closed = false;
  /** The beginning of an escape sequence, of which the rest comes with the next chunk. */
  private unfinished = '';

  constructor(file: string) {
    this.file = file;
    writeFileSync(file, '');
  }

  async connect(path: string): Promise<void> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => this.end());
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    this.socket = socket;
  }

  private receive(chunk: Buffer): void {
    appendFileSync(this.file, chunk);
    this.arrivals.push({ position: this.text.length, atMs: performance.now() });
    const raw = this.unfinished + chunk.toString('latin1');
    this.unfinished = unfinishedSequence(raw);
    this.text += plainText(raw.slice(0, raw.length - this.unfinished.length));
    for (const waiter of this.waiters) waiter.check();
  }

  /** The present end: what is waited for `since` it is new. */
  mark(): number {
    return this.text.length;
  }

  /** The next match, counted from `since`. Fails at once when the machine ends. */
  waitFor(pattern: string | RegExp, options: WaitOptions): Promise<RegExpExecArray> {
    const wanted = typeof pattern === 'string' ? new RegExp(pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : pattern;
    const since = options.since ?? 0;
    const done = deferred<RegExpExecArray>();
    const fail = (code: string, how: string): void => {
      done.reject(new RosError(code, `${how} on the serial console: ${wanted.source}\n${LAST_LINES_TITLE}\n${this.lastLines(LAST_LINES)}`));
    };
    const waiter: Waiter = {
      check: () => {
        const found = wanted.exec(this.text.slice(since));
        if (found !== null) done.resolve(found);
      },
      gone: () => fail('machine-ended', 'the machine ended before this was'),
    };
    const timer = setTimeout(() => fail('timeout', `within ${formatMs(options.deadlineMs)} this was not`), options.deadlineMs);
    this.waiters.add(waiter);
    waiter.check();
    if (this.closed) waiter.gone();
    return done.promise.finally(() => {
      clearTimeout(timer);
      this.waiters.delete(waiter);
    });
  }

  type(text: string): void {
    this.socket?.write(text);
  }

  lastLines(count: number): string {
    return this.text.trimEnd().split('\n').slice(-count).map((line) => `  | ${line}`).join('\n');
  }

  /** performance.now() at which the character at `position` arrived. */
  arrivalOf(position: number): number {
    let at = 0;
    for (const arrival of this.arrivals) {
      if (arrival.position > position) break;
      at = arrival.atMs;
    }
    return at;
  }

  private end(): void {
    this.closed = true;
    for (const waiter of this.waiters) waiter.gone();
  }

  close(): void {
    this.socket?.destroy();
  }
}

export function unfinishedSequence(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return /\x1b(?:\[[0-9;?=]*|\][^\x07]*|[()])?$/.exec(text)?.[0] ?? '';
}

/** Escape sequences and carriage returns dropped. */
export function plainText(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/\x1b(?:\[[0-9;?=]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78cM])/g, '').replace(/\r/g, '');
}
