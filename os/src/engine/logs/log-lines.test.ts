import { decodeUtf8, encodeUtf8 } from '@drover/core';
import { deepEqual, equal, test } from '@drover/testing';
import type { LogSelection } from './log-lines.ts';
import { findTail, LogLines, parseLogTime } from './log-lines.ts';

const ALL: LogSelection = { stdout: true, stderr: true, timestamps: false, since: undefined, until: undefined };

function entry(second: number, stream: string, text: string, tag: string = 'F'): string {
  return `2026-11-22T03:10:0${second}.000000001+00:00 ${stream} ${tag} ${text}\n`;
}

const LOG = [
  entry(1, 'stdout', 'one'),
  entry(2, 'stderr', 'oops'),
  entry(3, 'stdout', 'tw', 'P'),
  entry(4, 'stderr', 'between'),
  entry(5, 'stdout', 'o'),
  entry(6, 'stdout', ''),
  entry(7, 'stdout', 'prompt> ', 'P'),
].join('');

function read(selection: LogSelection, size: number, log: string = LOG): string {
  const lines = new LogLines(selection);
  const bytes = encodeUtf8(log);
  let text = '';
  for (let at = 0; at < bytes.length; at += size) {
    for (const piece of lines.take(bytes.subarray(at, at + size))) text += `[${piece.stream === 'stdout' ? 'o' : 'e'}]${decodeUtf8(piece.bytes)}`;
  }
  return text;
}

test('a log gives back what was printed, byte for byte and stream by stream, however it is cut', () => {
  equal(read(ALL, 10_000), '[o]one\n[e]oops\n[o]tw[e]between\n[o]o\n\nprompt> ');
  for (const size of [1, 7, 50]) equal(read(ALL, size).replace(/\[o\]/g, ''), '[o]one\n[e]oops\n[o]tw[e]between\n[o]o\n\nprompt> '.replace(/\[o\]/g, ''));
});

test('streams and times are selected', () => {
  equal(read({ ...ALL, stderr: false }, 10_000), '[o]one\ntwo\n\nprompt> ');
  equal(read({ ...ALL, stdout: false }, 10_000), '[e]oops\nbetween\n');
  equal(read({ ...ALL, since: '2026-11-22T03:10:05.000000000', until: '2026-11-22T03:10:06.500000000' }, 10_000), '[o]o\n\n');
});

test('each line has one time stamp, also when it was printed in parts', () => {
  equal(
    read({ ...ALL, timestamps: true, stderr: false }, 10_000),
    '[o]2026-11-22T03:10:01.000000001Z one\n2026-11-22T03:10:03.000000001Z two\n2026-11-22T03:10:06.000000001Z \n2026-11-22T03:10:07.000000001Z prompt> ',
  );
});

test('a damaged line is skipped and the rest is read', () => {
  equal(read(ALL, 10_000, `garbage\n\n${entry(1, 'stdout', 'good')}`), '[o]good\n');
});

test('the tail begins where the last complete lines begin', () => {
  const bytes = encodeUtf8(LOG);
  const tail = (count: number): string => {
    const { at, found } = findTail(bytes, count);
    return `${found}:${decodeUtf8(bytes.subarray(at)).split('\n').filter((line) => line !== '').map((line) => line.slice(45)).join('|')}`;
  };
  deepEqual([0, 1, 2, 3, 9].map(tail), ['0:', '1:prompt> ', '2:|prompt> ', '3:o||prompt> ', '6:one|oops|tw|between|o||prompt> ']);
});

test('times of the API are compared as those of the log', () => {
  equal(parseLogTime('1700000000.5'), '2023-11-14T22:13:20.500000000');
  equal(parseLogTime('1700000000'), '2023-11-14T22:13:20.000000000');
  equal(parseLogTime('2026-11-22T03:10:58.760535962+01:00'), '2026-11-22T02:10:58.760000000');
  equal(parseLogTime('yesterday'), undefined);
});
