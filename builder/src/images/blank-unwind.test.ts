import { readFileSync } from 'node:fs';
import { equal, ok, test } from '@drover/testing';
import { blankUnwindTables } from './blank-unwind.ts';
import { parseElf } from './elf.ts';

const isZero = (bytes: Buffer | undefined): boolean => bytes !== undefined && bytes.length > 0 && bytes.every((byte) => byte === 0);

test('the unwind tables of a program become zero, and nothing else does', () => {
  const before = readFileSync(process.execPath);
  const after = Buffer.from(before);
  ok(blankUnwindTables('/usr/bin/node', after));
  ok(isZero(parseElf(after)!.section('.eh_frame')));
  equal(after.length, before.length);
  ok(parseElf(before)!.section('.text')!.equals(parseElf(after)!.section('.text')!));
});

test('glibc keeps its own, and a script is left alone', () => {
  const bytes = readFileSync(process.execPath);
  equal(blankUnwindTables('/usr/lib/x86_64-linux-gnu/libc.so.6', bytes), false);
  ok(!isZero(parseElf(bytes)!.section('.eh_frame')));
  equal(blankUnwindTables('/usr/bin/script', Buffer.from('#!/bin/sh\n')), false);
});
