// Questions to a name server and its answers (RFC 1035, RFC 3596): addresses only.

import { decodeUtf8, encodeUtf8 } from '@drover/core';

export type RecordType = 'A' | 'AAAA';

const NUMBERS: Readonly<Record<RecordType, number>> = { A: 1, AAAA: 28 };
const INTERNET = 1;

export interface Answer {
  /** It did not fit: ask again over TCP. */
  readonly isCut: boolean;
  /** 0 none, 2 the server failed, 3 there is no such name, 5 refused. */
  readonly error: number;
  readonly addresses: readonly string[];
}

/** Undefined for a name that cannot be asked for. */
export function renderQuestion(id: number, name: string, type: RecordType): Uint8Array | undefined {
  const labels = name.replace(/\.$/, '').split('.');
  if (name.length > 253 || !labels.every((label) => /^[A-Za-z0-9_-]{1,63}$/.test(label))) return undefined;
  const encoded = labels.flatMap((label) => [label.length, ...encodeUtf8(label)]);
  return Uint8Array.of(id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...encoded, 0, 0, NUMBERS[type], 0, INTERNET);
}

/** Undefined when it is no answer to this question. Addresses of whatever name the answer leads to count. */
export function parseAnswer(bytes: Uint8Array, id: number, name: string, type: RecordType): Answer | undefined {
  try {
    return readAnswer(new MessageReader(bytes), id, name.replace(/\.$/, '').toLowerCase(), type);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readAnswer(reader: MessageReader, id: number, name: string, type: RecordType): Answer | undefined {
  const [gotId, flags, questions, answers] = [reader.word(), reader.word(), reader.word(), reader.word()];
  reader.skip(4);
  if (gotId !== id || (flags & 0x8000) === 0 || questions !== 1) return undefined;
  if (reader.name().toLowerCase() !== name || reader.word() !== NUMBERS[type] || reader.word() !== INTERNET) return undefined;
  const [isCut, error] = [(flags & 0x0200) !== 0, flags & 15];
  const addresses: string[] = [];
  if (isCut) return { isCut, error, addresses };
  for (let i = 0; i < answers; i += 1) {
    reader.name();
    const [gotType, gotClass] = [reader.word(), reader.word()];
    reader.skip(4);
    const data = reader.take(reader.word());
    if (gotType === NUMBERS[type] && gotClass === INTERNET && data.length === (type === 'A' ? 4 : 16)) addresses.push(renderAddress(data));
  }
  return { isCut, error, addresses };
}

function renderAddress(data: Uint8Array): string {
  if (data.length === 4) return data.join('.');
  return Array.from({ length: 8 }, (_, i) => ((data[i * 2]! << 8) | data[i * 2 + 1]!).toString(16)).join(':');
}

/** Throws RangeError where the message ends early or leads in circles. */
class MessageReader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) throw new RangeError('the message ends early');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  skip(count: number): void {
    this.take(count);
  }

  word(): number {
    const [high, low] = this.take(2);
    return (high! << 8) | low!;
  }

  /** Compressed names point at others, further ahead. */
  name(): string {
    const labels: string[] = [];
    let after: number | undefined;
    for (let steps = 0; steps < 128; steps += 1) {
      const length = this.take(1)[0]!;
      if (length === 0) {
        this.at = after ?? this.at;
        return labels.join('.');
      }
      if (length < 64) labels.push(decodeUtf8(this.take(length)));
      else {
        const target = ((length & 63) << 8) | this.take(1)[0]!;
        after ??= this.at;
        this.at = target;
      }
    }
    throw new RangeError('a name without end');
  }
}
