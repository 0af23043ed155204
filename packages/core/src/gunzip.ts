// gzip (RFC 1952) with its Deflate (RFC 1951), for texts: a configuration, not an image. Speed does not matter here, but
// that a small file which claims to be a huge one costs no more than the limit does.

import { RosError } from './errors.ts';

/** Throws `bad-gzip`, and `too-large` once there is more than `limitBytes`. Several members count as one text. */
export function gunzip(packed: Uint8Array, limitBytes: number): Uint8Array {
  const out = new Output(limitBytes);
  const bits = new BitReader(packed);
  do {
    skipHeader(bits);
    const start = out.length;
    while (!inflateBlock(bits, out)) {
      // The next block.
    }
    bits.align();
    const crc = bits.take(16) | (bits.take(16) << 16);
    const length = bits.take(16) | (bits.take(16) << 16);
    const text = out.since(start);
    if (length !== (text.length | 0) || crc !== crc32(text)) throw damaged('its check sum is wrong');
  } while (bits.startsWith(0x1f, 0x8b));
  return out.since(0);
}

function damaged(why: string): RosError {
  return new RosError('bad-gzip', `damaged gzip data: ${why}`);
}

class BitReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private held = 0;
  private heldBits = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** At most 16 bits, the lowest first. */
  take(count: number): number {
    while (this.heldBits < count) {
      if (this.at >= this.bytes.length) throw damaged('it ends early');
      this.held |= this.bytes[this.at]! << this.heldBits;
      this.at += 1;
      this.heldBits += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.heldBits -= count;
    return value;
  }

  align(): void {
    this.take(this.heldBits % 8);
  }

  startsWith(first: number, second: number): boolean {
    return this.heldBits === 0 && this.bytes[this.at] === first && this.bytes[this.at + 1] === second;
  }
}

class Output {
  private readonly limitBytes: number;
  private bytes = new Uint8Array(4096);
  length = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  push(byte: number): void {
    if (this.length >= this.limitBytes) throw new RosError('too-large', `unpacked, it is larger than ${this.limitBytes >> 10} KiB`);
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  copy(distance: number, count: number): void {
    if (distance > this.length) throw damaged('it refers to what is before its beginning');
    for (let i = 0; i < count; i += 1) this.push(this.bytes[this.length - distance]!);
  }

  since(start: number): Uint8Array {
    return this.bytes.slice(start, this.length);
  }
}

const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const;

function skipHeader(bits: BitReader): void {
  if (bits.take(8) !== 0x1f || bits.take(8) !== 0x8b || bits.take(8) !== 8) throw damaged('it does not begin as gzip does');
  const flags = bits.take(8);
  for (let i = 0; i < 6; i += 1) bits.take(8); // time, compression level, system
  if ((flags & FLAG.extra) !== 0) for (let left = bits.take(16); left > 0; left -= 1) bits.take(8);
  for (const flag of [FLAG.name, FLAG.comment]) {
    if ((flags & flag) === 0) continue;
    while (bits.take(8) !== 0) {
      // A name, a comment: up to its zero.
    }
  }
  if ((flags & FLAG.headerCrc) !== 0) bits.take(16);
}

/** Whether it was the last one. */
function inflateBlock(bits: BitReader, out: Output): boolean {
  const isLast = bits.take(1) === 1;
  const kind = bits.take(2);
  if (kind === 3) throw damaged('a block of an unknown kind');
  if (kind === 0) copyStored(bits, out);
  else if (kind === 1) inflateCodes(bits, out, FIXED_LENGTHS, FIXED_DISTANCES);
  else inflateCodes(bits, out, ...readCodes(bits));
  return isLast;
}

function copyStored(bits: BitReader, out: Output): void {
  bits.align();
  const length = bits.take(16);
  if (bits.take(16) !== (~length & 0xffff)) throw damaged('a length is wrong');
  for (let i = 0; i < length; i += 1) out.push(bits.take(8));
}

/** A Huffman code: how many symbols have each length, and the symbols in the order of their codes. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

const LONGEST = 15;

function makeCode(lengths: readonly number[]): Code {
  const counts = new Uint16Array(LONGEST + 1);
  for (const length of lengths) counts[length]! += 1;
  counts[0] = 0;
  const offsets = new Uint16Array(LONGEST + 2);
  let free = 1;
  for (let length = 1; length <= LONGEST; length += 1) {
    free = free * 2 - counts[length]!;
    if (free < 0) throw damaged('a code has too many symbols');
    offsets[length + 1] = offsets[length]! + counts[length]!;
  }
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    symbols[offsets[length]!] = symbol;
    offsets[length]! += 1;
  });
  return { counts, symbols };
}

function decode(bits: BitReader, { counts, symbols }: Code): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= LONGEST; length += 1) {
    code |= bits.take(1);
    const count = counts[length]!;
    if (code - count < first) return symbols[index + (code - first)]!;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  throw damaged('a code that means nothing');
}

// RFC 1951, 3.2.5 and 3.2.6
const FIXED_LENGTHS = makeCode(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)));
const FIXED_DISTANCES = makeCode(Array.from({ length: 30 }, () => 5));
const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function inflateCodes(bits: BitReader, out: Output, lengths: Code, distances: Code): void {
  for (;;) {
    const symbol = decode(bits, lengths);
    if (symbol === 256) return;
    if (symbol < 256) {
      out.push(symbol);
      continue;
    }
    const count = withExtra(bits, symbol - 257, LENGTHS, LENGTH_BITS);
    out.copy(withExtra(bits, decode(bits, distances), DISTANCES, DISTANCE_BITS), count);
  }
}

function withExtra(bits: BitReader, symbol: number, bases: readonly number[], extra: readonly number[]): number {
  const base = bases[symbol];
  if (base === undefined) throw damaged('a code that means nothing');
  return base + bits.take(extra[symbol]!);
}

/** The codes of a block that brings its own. */
function readCodes(bits: BitReader): [lengths: Code, distances: Code] {
  const [lengthCount, distanceCount, codeCount] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  const codeLengths = Array.from({ length: 19 }, () => 0);
  for (let i = 0; i < codeCount; i += 1) codeLengths[CODE_ORDER[i]!] = bits.take(3);
  const code = makeCode(codeLengths);
  const lengths: number[] = [];
  while (lengths.length < lengthCount + distanceCount) {
    const symbol = decode(bits, code);
    if (symbol < 16) {
      lengths.push(symbol);
      continue;
    }
    const previous = lengths.at(-1);
    if (symbol === 16 && previous === undefined) throw damaged('it repeats what is not there');
    const repeat = symbol === 16 ? bits.take(2) + 3 : symbol === 17 ? bits.take(3) + 3 : bits.take(7) + 11;
    for (let i = 0; i < repeat; i += 1) lengths.push(symbol === 16 ? previous! : 0);
  }
  return [makeCode(lengths.slice(0, lengthCount)), makeCode(lengths.slice(lengthCount, lengthCount + distanceCount))];
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc;
}
