// The frames that carry stdout and stderr of a container without a terminal over one stream:
// one byte stream number, three zero bytes, length as four bytes big-endian, then the payload (Docker Engine API, "Stream format").

import { decodeUtf8, RosError } from '@drover/core';
import type { ByteSource } from '@drover/host';
import { ByteReader } from './http/byte-reader.ts';

export type StreamName = 'stdin' | 'stdout' | 'stderr';

export interface StreamFrame {
  readonly stream: StreamName;
  readonly bytes: Uint8Array;
}

const NAMES: readonly StreamName[] = ['stdin', 'stdout', 'stderr'];
/** Sent by an engine whose log reader failed in the middle; its payload is the message. */
const SYSTEM_ERROR = 3;
const HEADER_BYTES = 8;
/** Larger frames are no frames: somebody reads a raw stream as a framed one. */
const FRAME_LIMIT_BYTES = 64 << 20;

export function encodeFrame(stream: StreamName, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + bytes.length);
  frame[0] = NAMES.indexOf(stream);
  new DataView(frame.buffer).setUint32(4, bytes.length);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/** Throws `stream-format`, and `stream-failed` with the engine's message. Large frames come in pieces. */
export async function* readFrames(source: ByteSource): AsyncGenerator<StreamFrame> {
  const reader = new ByteReader(source);
  for (let header = await reader.readExactly(HEADER_BYTES); header !== undefined; header = await reader.readExactly(HEADER_BYTES)) {
    const length = new DataView(header.buffer, header.byteOffset).getUint32(4);
    const stream = NAMES[header[0]!];
    if ((stream === undefined && header[0] !== SYSTEM_ERROR) || header[1] !== 0 || length > FRAME_LIMIT_BYTES) {
      throw new RosError('stream-format', 'this is not a multiplexed stream');
    }
    if (stream === undefined) throw new RosError('stream-failed', decodeUtf8((await reader.readExactly(Math.min(length, 4096))) ?? new Uint8Array(0)));
    for (let left = length; left > 0; ) {
      const bytes = await reader.readSome(left);
      if (bytes === undefined) throw new RosError('stream-format', 'the stream ended inside a frame');
      left -= bytes.length;
      yield { stream, bytes };
    }
  }
}
