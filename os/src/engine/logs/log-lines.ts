// The lines of a container's log as conmon writes them (the CRI log format):
//   2026-11-22T03:10:58.760535962+00:00 stdout F the text
// F: the line is complete. P: the rest follows in the stream's next entry. conmon runs in UTC, so all fields before the
// text have a fixed width.

import { decodeUtf8, encodeUtf8 } from '@drover/core';
import { concatBytes } from '@drover/host';
import type { StreamName } from '@drover/docker-api';

const NEWLINE = 10;
const SPACE = 32;
const LETTER_E = 101;
const LETTER_P = 80;

/** "2026-11-22T03:10:58.760535962": what is compared with --since and --until, as text. */
export const TIME_LENGTH = 29;
const STREAM_AT = 36;
const TAG_AT = 43;
const TEXT_AT = 45;

export interface LogSelection {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly timestamps: boolean;
  /** What stands before the text of each line, beside the time. */
  readonly details?: string;
  /** Times as in the log; undefined for no bound. */
  readonly since: string | undefined;
  readonly until: string | undefined;
}

export interface LogPiece {
  readonly stream: StreamName;
  readonly bytes: Uint8Array;
}

const ZONE = encodeUtf8('Z ');

/** Turns blocks of a log into what is sent, remembering what is unfinished between them. */
export class LogLines {
  private readonly selection: LogSelection;
  private rest: Uint8Array = new Uint8Array(0);
  /** Streams in the middle of a line: its next entry gets no time stamp of its own. */
  private readonly unfinished = new Set<StreamName>();
  private past = false;

  constructor(selection: LogSelection) {
    this.selection = selection;
  }

  /** Nothing more will be selected: the log has passed --until. */
  get isPast(): boolean {
    return this.past;
  }

  /** Pieces of one stream each, in order. */
  take(block: Uint8Array): LogPiece[] {
    const bytes = this.rest.length === 0 ? block : concatBytes([this.rest, block]);
    const pieces: { stream: StreamName; parts: Uint8Array[] }[] = [];
    let at = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0 && !this.past; end = bytes.indexOf(NEWLINE, at)) {
      const stream = this.select(bytes, at, end);
      if (stream !== undefined) {
        if (pieces.at(-1)?.stream !== stream) pieces.push({ stream, parts: [] });
        this.render(bytes, at, end, stream, pieces.at(-1)!.parts);
      }
      at = end + 1;
    }
    this.rest = bytes.slice(at);
    return pieces.map(({ stream, parts }) => ({ stream, bytes: concatBytes(parts) }));
  }

  /** The stream of the entry when it is to be sent. Lines that are no entries are skipped. */
  private select(bytes: Uint8Array, start: number, end: number): StreamName | undefined {
    if (end - start < TEXT_AT || bytes[start + STREAM_AT - 1] !== SPACE || bytes[start + TEXT_AT - 1] !== SPACE) return undefined;
    const { since, until, stdout, stderr } = this.selection;
    if (since !== undefined || until !== undefined) {
      const time = decodeUtf8(bytes.subarray(start, start + TIME_LENGTH));
      if (since !== undefined && time < since) return undefined;
      if (until !== undefined && time > until) {
        this.past = true;
        return undefined;
      }
    }
    const stream = bytes[start + STREAM_AT + 3] === LETTER_E ? 'stderr' : 'stdout';
    return (stream === 'stdout' ? stdout : stderr) ? stream : undefined;
  }

  private render(bytes: Uint8Array, start: number, end: number, stream: StreamName, into: Uint8Array[]): void {
    const partial = bytes[start + TAG_AT] === LETTER_P;
    const begins = !this.unfinished.has(stream);
    if (this.selection.timestamps && begins) into.push(bytes.subarray(start, start + TIME_LENGTH), ZONE);
    if (this.selection.details !== undefined && begins) into.push(encodeUtf8(`${this.selection.details} `));
    into.push(bytes.subarray(start + TEXT_AT, partial ? end : end + 1));
    if (partial) this.unfinished.add(stream);
    else this.unfinished.delete(stream);
  }
}

/** Where the last `count` lines of a block begin, and how many were found. What ends without a newline is a line, too. */
export function findTail(bytes: Uint8Array, count: number): { readonly at: number; readonly found: number } {
  let found = 0;
  let at = bytes.length;
  const seen = new Set<number>();
  // Backwards: the last entry of a line is counted; the partial ones before it belong to it.
  for (let end = bytes.lastIndexOf(NEWLINE); end >= 0; ) {
    const start = end === 0 ? 0 : bytes.lastIndexOf(NEWLINE, end - 1) + 1;
    const stream = bytes[start + STREAM_AT + 3]!;
    if (end - start >= TEXT_AT && (bytes[start + TAG_AT] !== LETTER_P || !seen.has(stream))) {
      if (found === count) break;
      found += 1;
      seen.add(stream);
    }
    at = start;
    end = start - 1;
  }
  return { at, found };
}

/** A time of the API (seconds since 1970, with or without a fraction, or RFC 3339) as in the log; undefined when it is neither. */
export function parseLogTime(text: string): string | undefined {
  const match = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
  if (match !== null) return `${new Date(Number(match[1]) * 1000).toISOString().slice(0, 19)}.${(match[2] ?? '').padEnd(9, '0')}`;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 23)}000000`;
}
