// Inputs for the fuzzer: seeds with damage, configurations made from the schema with right and wrong values in every style
// of YAML, kernel lines, soups of marks, and all of these blown up. The same dice give the same input.

import type { Dice } from '@drover/testing';
import { encodeUtf8 } from '@drover/core';
import { OBJECTS, shapeOf } from '../schema/schema.ts';
import { SEEDS } from './seeds/index.ts';

/** What each secret key of a made configuration holds: it must not show in any message. */
export const SECRET = 'hunter2hunter2';

export interface Input {
  readonly bytes: Uint8Array;
  /** Made from the schema and not damaged: its secrets stand where the schema says. */
  readonly intact: boolean;
}

const MARKS = [
  '\n', '\n\n', ' ', '  ', '\t', ':', ': ', '- ', '-', '#', ' #', '[', ']', '{', '}', '"', "'", ',', '&a ', '*a', '&a', '!', '!!str ', '!!binary ', '|', '>', '|+2\n', '>-\n', '---\n', '...\n', '\\', '\\u', '\\x4',
  '~', 'null', '<<: *a\n', '<<: ', '__proto__: 1\n', 'constructor: {}\n', '\r\n', '\r', '%YAML 1.1\n', '@', '`', '?', '? ', '=', '\u0000', '\u007f', '\ufeff', '\ufffd', '\u2028', '\ud800', '\u{1f433}',
  '$private_ipv4', '\\$public_ipv6', '${X}', '$$', '0x', '0o7', '1e999', '-0', '.inf', '1_000', '9007199254740993', 'yes', 'Off', '2026-01-01', '12:30:45', '#cloud-config\n', '#!/bin/sh\n', '#include\n', '#compose\n', 'http://h/x\n',
  'Content-Type: multipart/mixed; boundary="b"\n\n--b\n', '--b\n', '--b--\n', 'Content-Transfer-Encoding: base64\n\n', 'rancher.', 'cc.', 'rancher:\n  ', ' -- ', 'rancher.state.dev=', '[a,b]',
];

const VALUES = [
  'x', '1', '0', '-1', '0755', '1e999', 'true', 'no', '~', 'null', '""', "''", '" "', '[]', '{}', '[a, b]', '{a: b}', '[[a], {b: [c]}]', '"a\\nb"', "'it''s'", '/dev/vda', 'LABEL=X', 'tty1', '10.0.0.1/24', 'a: b', '- a', '*x', '&y z', '!!str 1',
  '|\n      text\n      more\n', '>\n      folded\n', '"open', '0644', 'gz+b64', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx me', '$private_ipv4', '\u00e9\u{1f433}', '2026-11-22', '1.10.3', 'http://h:80/p?a=b',
];

/** No input is larger than what the reader takes, and a little more. */
const SIZE_LIMIT = 600 * 1024;

export function makeInput(dice: Dice): Input {
  const kind = dice.roll(100);
  if (kind < 20) return { bytes: encodeUtf8(`#cloud-config\n${makeObject(dice, 'root', 0)}`), intact: true };
  if (kind < 26) return { bytes: encodeUtf8(makeKernelLine(dice)), intact: false };
  const text = kind < 32 ? makeSoup(dice) : kind < 55 ? `#cloud-config\n${makeObject(dice, 'root', 0)}` : dice.pick(Object.values(SEEDS));
  let damaged = text;
  for (let i = 1 + dice.roll(6); i > 0; i -= 1) damaged = damage(dice, damaged);
  if (dice.once(100)) damaged = blowUp(dice, damaged);
  return { bytes: garble(dice, encodeUtf8(damaged.slice(0, SIZE_LIMIT))), intact: false };
}

function makeObject(dice: Dice, type: string, depth: number): string {
  const shape = shapeOf(type);
  if (shape.is !== 'object') return '';
  const indent = ' '.repeat(depth * 2);
  const keys = Object.entries(shape.keys).filter(() => dice.once(depth === 0 ? 2 : 6));
  if (keys.length === 0) keys.push(dice.pick(Object.entries(shape.keys)));
  return keys
    .map(([key, spec]) => {
      const name = dice.once(20) ? dice.pick([key.replaceAll('_', '-'), `${key}x`, `"${key}"`, key.toUpperCase(), 'no_such_key']) : key;
      if (spec.secret !== undefined && shapeOf(spec.type).is === 'scalar') return `${indent}${name}: ${dice.pick([SECRET, `"${SECRET}"`, `[${SECRET}]`, `{a: ${SECRET}}`])}\n`;
      return `${indent}${name}:${makeValue(dice, spec.type, depth)}`;
    })
    .join('');
}

/** What stands behind a colon, with its line end; wrong once in ten times. */
function makeValue(dice: Dice, type: string, depth: number): string {
  const shape = shapeOf(type);
  const indent = ' '.repeat(depth * 2 + 2);
  if (dice.once(10)) return ` ${dice.pick(VALUES)}\n`;
  if (shape.is === 'object') return `\n${makeObject(dice, type, depth + 1)}`;
  if (shape.is === 'map') return `\n${Array.from({ length: 1 + dice.roll(3) }, (_, i) => `${indent}${dice.pick(['a', 'b.c', 'eth*', '"mac=aa:bb"', "'q'", 'net.ipv4.x'])}${i}:${makeValue(dice, (shape as { of: string }).of, depth + 1)}`).join('')}`;
  if (shape.is !== 'list') return ` ${dice.pick(VALUES)}\n`;
  const { of } = shape;
  if (shapeOf(of).is === 'object') return `\n${Array.from({ length: 1 + dice.roll(2) }, () => `${indent}-\n${makeObject(dice, of, depth + 2)}`).join('')}`;
  return dice.once(2) ? ` [${Array.from({ length: dice.roll(3) }, () => dice.pick(['a', '"b c"', '1', '/dev/vda', 'tty1'])).join(', ')}]\n` : `\n${Array.from({ length: 1 + dice.roll(3) }, () => `${indent}- ${dice.pick(VALUES)}\n`).join('')}`;
}

function makeKernelLine(dice: Dice): string {
  const word = (): string => {
    const keys: string[] = [];
    let type: string | undefined = 'root';
    for (let i = 1 + dice.roll(4); i > 0 && type !== undefined; i -= 1) {
      const shape: ReturnType<typeof shapeOf> = shapeOf(type);
      const key: string = shape.is === 'object' ? dice.pick(Object.keys(shape.keys)) : dice.pick(['a', 'eth*', 'net.ipv4', '"q.r"', '', '__proto__']);
      keys.push(key);
      type = shape.is === 'object' ? OBJECTS[type]?.[key]?.type : shape.is === 'map' ? shape.of : undefined;
    }
    const key = keys[0] === 'rancher' ? keys.join('.') : `${dice.pick(['cc.', 'rancher.', ''])}${keys.join('.')}`;
    return dice.once(5) ? key : `${key}=${dice.pick([...VALUES, ...MARKS])}`;
  };
  return Array.from({ length: 1 + dice.roll(12) }, word).join(dice.pick([' ', '  ', ' -- ']));
}

function makeSoup(dice: Dice): string {
  return Array.from({ length: dice.roll(60) }, () => dice.pick(dice.once(2) ? MARKS : VALUES)).join('');
}

function damage(dice: Dice, text: string): string {
  const at = dice.roll(text.length + 1);
  switch (dice.roll(8)) {
    case 0: case 1: return text.slice(0, at) + dice.pick(MARKS) + text.slice(at);
    case 2: return text.slice(0, at) + text.slice(at + 1 + dice.roll(5));
    case 3: return text.slice(0, at) + dice.pick(VALUES) + text.slice(at + dice.roll(10));
    case 4: {
      // A piece of a seed.
      const other = dice.pick(Object.values(SEEDS));
      const from = dice.roll(other.length);
      return text.slice(0, at) + other.slice(from, from + dice.roll(200)) + text.slice(at);
    }
    case 5: {
      // A piece of its own, twice.
      const length = dice.roll(100);
      return text.slice(0, at) + text.slice(at, at + length).repeat(2) + text.slice(at + length);
    }
    case 6: return text.slice(0, at);
    default: {
      // Another indentation for one line.
      const start = text.lastIndexOf('\n', at) + 1;
      return text.slice(0, start) + ' '.repeat(dice.roll(9)) + text.slice(start).trimStart();
    }
  }
}

/** A piece so often that the input comes near the limits. */
function blowUp(dice: Dice, text: string): string {
  const at = dice.roll(text.length + 1);
  const piece = dice.once(2) ? dice.pick(MARKS) : text.slice(at, at + 1 + dice.roll(40)) || 'x';
  const times = dice.pick([100, 5000, 60_000, Math.floor(SIZE_LIMIT / piece.length)]);
  return text.slice(0, at) + piece.repeat(Math.min(times, Math.floor(SIZE_LIMIT / piece.length))) + text.slice(at);
}

/** Bytes that are no UTF-8, in one of twenty inputs. */
function garble(dice: Dice, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0 || !dice.once(20)) return bytes;
  const copy = Uint8Array.from(bytes);
  for (let i = 1 + dice.roll(4); i > 0; i -= 1) copy[dice.roll(copy.length)] = dice.roll(256);
  return copy;
}
