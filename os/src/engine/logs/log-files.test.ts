import { FakeFiles } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { findFreeLogNumber, findNextLogFile, findTailPosition, listLogFiles } from './log-files.ts';

function entries(from: number, to: number): string {
  let text = '';
  for (let i = from; i <= to; i += 1) text += `2026-11-22T03:10:00.000000000+00:00 stdout F line ${i}\n`;
  return text;
}

function linesFrom(files: FakeFiles, count: number): string {
  const position = findTailPosition(files, '/l', count);
  if (position === undefined) return 'none';
  return `${position.path} ${files.readText(position.path).slice(position.offset).split('\n')[0]!.slice(45)}`;
}

test('the files of a log are listed from the oldest, and each leads to the next', () => {
  const files = new FakeFiles({ '/l': 'c', '/l.1': 'b', '/l.2': 'a' });
  deepEqual(listLogFiles(files, '/l'), ['/l.2', '/l.1', '/l']);
  const inode = (path: string): number => files.stat(path)!.inode;
  equal(findNextLogFile(files, '/l', inode('/l.2')), '/l.1');
  equal(findNextLogFile(files, '/l', inode('/l')), undefined);
  equal(findNextLogFile(files, '/l', 9999), '/l.2');
  deepEqual(listLogFiles(new FakeFiles(), '/l'), []);
});

test('a number that a killed engine left out hides no older file, and is filled by the next rotation', () => {
  const files = new FakeFiles({ '/l': 'd', '/l.1': 'c', '/l.3': 'b', '/l.4': 'a' });
  deepEqual(listLogFiles(files, '/l'), ['/l.4', '/l.3', '/l.1', '/l']);
  equal(findNextLogFile(files, '/l', files.stat('/l.3')!.inode), '/l.1');
  equal(findFreeLogNumber(files, '/l'), 2);
  equal(findFreeLogNumber(new FakeFiles({ '/l.1': '', '/l.2': '' }), '/l'), 3);
});

test('the tail is found in the newest file or in an older one', () => {
  const files = new FakeFiles({ '/l': entries(4, 5), '/l.1': entries(1, 3) });
  deepEqual([1, 2, 3, 5, 9].map((count) => linesFrom(files, count)), ['/l line 5', '/l line 4', '/l.1 line 3', '/l.1 line 1', '/l.1 line 1']);
  equal(linesFrom(new FakeFiles(), 3), 'none');
});

test('the tail of a long log is found without reading all of it', () => {
  const files = new FakeFiles({ '/l': entries(1, 20_000) });
  equal(linesFrom(files, 3), '/l line 19998');
  equal(linesFrom(files, 5000), '/l line 15001');
});
