import { deepEqual, test } from '@drover/testing';
import { kernelWordValues, splitKernelLine } from './split-kernel-line.ts';

test('kernel words are split at blanks, quotes and brackets hold a group together', () => {
  const table: Readonly<Record<string, readonly string[]>> = {
    'a b  c\n': ['a', 'b', 'c'],
    "rancher.key='a b' x": ["rancher.key='a b'", 'x'],
    'rancher.key="a b" x': ['rancher.key="a b"', 'x'],
    'rancher.key=[a, b] x': ['rancher.key=[a, b]', 'x'],
    "rancher.key=['part1 part2',part3] x": ["rancher.key=['part1 part2',part3]", 'x'],
    'rancher.key=["a ] b", c] x': ['rancher.key=["a ] b", c]', 'x'],
    'cc.mounts=[["/dev/vdb", "/mnt/s"], [a, b]] x': ['cc.mounts=[["/dev/vdb", "/mnt/s"], [a, b]]', 'x'],
    'rancher.key=\\"a b\\" x': ['rancher.key="a b"', 'x'],
    "rancher.key=\\'a b\\' x": ["rancher.key='a b'", 'x'],
    '"rancher.key=a b" x': ['rancher.key=a b', 'x'],
    'rancher.key=\u201ca b\u201c x': ['rancher.key=\u201ca b\u201c', 'x'],
    '': [],
  };
  for (const [line, words] of Object.entries(table)) deepEqual(splitKernelLine(line).words, words);
});

test('a quote or bracket that is never closed does not swallow the words behind it', () => {
  deepEqual(splitKernelLine("rancher.password=it's rancher.debug").words, ["rancher.password=it's", 'rancher.debug']);
  deepEqual(splitKernelLine('rancher.password="x rancher.debug').words, ['rancher.password="x', 'rancher.debug']);
  deepEqual(splitKernelLine('rancher.password=[x rancher.debug').words, ['rancher.password=[x', 'rancher.debug']);
});

test('words behind a lone -- are kept apart', () => {
  const line = splitKernelLine('quiet cc.something=yes -- cc.hostname=nope rancher.password=three');
  deepEqual([line.words, line.elided], [['quiet', 'cc.something=yes'], ['cc.hostname=nope', 'rancher.password=three']]);
});

test('every value of a repeated word is found', () => {
  const line = splitKernelLine('console=tty0 quiet console=ttyS0,115200 consoleblank=0 -- console=x');
  deepEqual(kernelWordValues(line, 'console'), ['tty0', 'ttyS0,115200']);
  deepEqual(kernelWordValues(line, 'quiet'), ['']);
});

test('a line full of open brackets and quotes is split in no time', () => {
  const words = splitKernelLine('=[='.repeat(30_000)).words;
  deepEqual(words.length, 1);
  deepEqual(splitKernelLine(`'="`.repeat(30_000)).words.length, 1);
});
