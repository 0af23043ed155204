// Input, output and terminal of a command in a container, as if it ran here.

import { codeOf, decodeUtf8 } from '@drover/core';
import type { TerminalSize } from '@drover/docker-api';
import { readFrames } from '@drover/docker-api';
import type { ByteSource, Connection } from '@drover/host';
import { pump } from '@drover/host';
import type { Session } from './session.ts';

export interface AttachOptions {
  /** The command has a terminal: its output is one raw stream. */
  readonly raw: boolean;
  readonly stdin: boolean;
  /** Makes its terminal as large as ours. */
  readonly resize: (size: TerminalSize) => Promise<void>;
}

const RESIZE_ATTEMPTS = 5;
const RESIZE_PAUSE_MS = 20;

/** Until the command closes its output. */
export async function attachStreams(session: Session, connection: Connection, options: AttachOptions): Promise<void> {
  const { openInput, interactive } = session.io;
  const restore = options.raw && options.stdin ? interactive?.setRaw() : undefined;
  const input = options.stdin ? openInput?.() : undefined;
  const feeding = input === undefined ? undefined : feed(input, connection);
  if (options.raw && interactive !== undefined) {
    const resize = (): void => void resizeSoon(session, () => options.resize(interactive.size()));
    resize();
    interactive.onResize(resize);
  }
  try {
    await printOutput(session, connection, options.raw);
  } finally {
    restore?.();
    input?.close();
    connection.close();
    await feeding;
  }
}

/** A command that has not quite begun cannot be resized yet; one that has just ended never again. */
async function resizeSoon({ io, cancel }: Session, resize: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt <= RESIZE_ATTEMPTS && !cancel.cancelled; attempt += 1) {
    try {
      return await resize();
    } catch {
      await io.host.clock.sleep(RESIZE_PAUSE_MS * attempt);
    }
  }
}

async function feed(input: ByteSource, connection: Connection): Promise<void> {
  try {
    await pump(input, connection);
    connection.closeWrite();
  } catch (error) {
    // A command that ends before its input does is no failure.
    if (!['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(codeOf(error) ?? '')) throw error;
  }
}

async function printOutput(session: Session, connection: Connection, raw: boolean): Promise<void> {
  if (raw) for (let bytes = await connection.read(); bytes !== undefined; bytes = await connection.read()) await printBytes(session, 'stdout', bytes);
  else for await (const { stream, bytes } of readFrames(connection)) await printBytes(session, stream === 'stderr' ? 'stderr' : 'stdout', bytes);
}

async function printBytes({ io }: Session, stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> {
  if (io.writeBytes !== undefined) await io.writeBytes(stream, bytes);
  else (stream === 'stderr' ? io.err : io.out)(decodeUtf8(bytes));
}
