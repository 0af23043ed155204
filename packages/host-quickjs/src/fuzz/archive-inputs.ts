// Tar archives made by hand, whole or damaged: with names, sizes and kinds that no honest tool writes.

import { encodeUtf8 } from '@drover/core';
import { Dice } from '@drover/testing';

export interface Member {
  readonly name: string;
  /** As the header has it; default '0', a file. */
  readonly type?: string;
  readonly link?: string;
  readonly content?: string | Uint8Array;
  /** What the header says instead of the length of the content. */
  readonly size?: number;
  /** Of a device. */
  readonly major?: number;
}

const BLOCK = 512;

export function archiveOf(members: readonly Member[]): Uint8Array {
  return concatenate([...members.flatMap(renderMember), new Uint8Array(2 * BLOCK)]);
}

function renderMember({ name, type = '0', link = '', content = '', size, major = 0 }: Member): Uint8Array[] {
  const bytes = typeof content === 'string' ? encodeUtf8(content) : content;
  const head = new Uint8Array(BLOCK);
  const put = (text: string, at: number, length: number): void => head.set(encodeUtf8(text).subarray(0, length), at);
  put(name, 0, 100);
  put('0000644\0', 100, 8);
  put('0000000\0', 108, 8);
  put('0000000\0', 116, 8);
  put(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124, 12);
  put('00000000000\0', 136, 12);
  put(type, 156, 1);
  put(link, 157, 100);
  put('ustar\x0000', 257, 8);
  put(`${major.toString(8).padStart(7, '0')}\0`, 329, 8);
  return [sign(head), padded(bytes)];
}

/** With the sum that belongs to it. */
function sign(head: Uint8Array): Uint8Array {
  head.fill(0x20, 148, 156);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.set(encodeUtf8(`${sum.toString(8).padStart(6, '0')}\0`), 148);
  return head;
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  whole.set(bytes);
  return whole;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The records of a pax header. */
export function paxRecords(records: Readonly<Record<string, string>>): string {
  return Object.entries(records).map(([key, value]) => {
    const rest = encodeUtf8(`${key}=${value}`).length + 2;
    let total = rest;
    while (total !== rest + String(total).length) total = rest + String(total).length;
    return `${total} ${key}=${value}\n`;
  }).join('');
}

/** One of each kind. */
export const EVERY_KIND: readonly Member[] = [
  { name: './', type: '5' },
  { name: 'folder/', type: '5' },
  { name: 'folder/file', content: 'content\n' },
  { name: 'folder/large', content: new Uint8Array(70_000).fill(7) },
  { name: 'hard', type: '1', link: 'folder/file' },
  { name: 'soft', type: '2', link: '../../folder/file' },
  { name: 'character', type: '3', major: 1 },
  { name: 'block', type: '4', major: 7 },
  { name: 'pipe', type: '6' },
  { name: 'x', type: 'x', content: paxRecords({ path: `${'long/'.repeat(30)}file`, size: '4', uid: '7', mtime: '12.5', 'SCHILY.xattr.user.note': 'kept' }) },
  { name: 'cut', content: 'four' },
  { name: '././@LongLink', type: 'L', content: `${'name/'.repeat(40)}file\0` },
  { name: 'cut', content: 'of GNU' },
  { name: '././@LongLink', type: 'K', content: `${'target/'.repeat(40)}\0` },
  { name: 'far', type: '2', link: 'cut' },
  { name: 'g', type: 'g', content: paxRecords({ comment: 'of all' }) },
  { name: 'folder/.wh.gone', content: '' },
  { name: 'folder/.wh..wh..opq', content: '' },
  { name: 'folder/file', content: 'again' },
];

const NAMES = ['a', 'a/b', '../a', '/a', '..', '.', '', 'a/../../b', 'soft/x', 'folder/.wh.', 'folder/.wh...', 'd/'.repeat(60), 'x'.repeat(100)];

/** The input with this number. */
export function inputOf(seed: number, number: number): { readonly bytes: Uint8Array } {
  const dice = new Dice(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
  for (let i = 0; i < 3; i += 1) dice.roll(2);
  const members = Array.from({ length: 1 + dice.roll(12) }, (): Member => {
    const member = dice.pick(EVERY_KIND);
    return { ...member, ...(dice.once(3) && { name: dice.pick(NAMES) }), ...(dice.once(4) && { link: dice.pick(NAMES) }), ...(dice.once(12) && { size: dice.roll(2 ** 31) }) };
  });
  return { bytes: damage(archiveOf(members), dice) };
}

/** Some bytes changed, most often in headers whose sums are made right again; cut, or not. */
function damage(bytes: Uint8Array, dice: Dice): Uint8Array {
  for (let changes = dice.roll(6); changes > 0; changes -= 1) {
    const start = dice.roll(bytes.length / BLOCK) * BLOCK;
    const block = bytes.subarray(start, start + BLOCK);
    const isHeader = String.fromCharCode(...block.subarray(257, 262)) === 'ustar';
    for (let i = 1 + dice.roll(4); i > 0; i -= 1) block[dice.pick([dice.roll(BLOCK), 124 + dice.roll(12), 156])] = dice.pick([0, 0x20, 0x2f, 0x30, 0x37, 0x80, 0xff, dice.roll(256)]);
    if (isHeader && !dice.once(8)) sign(block);
  }
  return dice.once(4) ? bytes.slice(0, dice.roll(bytes.length)) : bytes;
}
