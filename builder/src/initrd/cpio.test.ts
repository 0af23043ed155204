import { execFileSync } from 'node:child_process';
import { equal, test } from '@drover/testing';
import { DIRECTORY, EXECUTABLE, renderCpio, SYMLINK } from './cpio.ts';

test('an archive has aligned entries with names, sizes and a trailer', () => {
  const archive = renderCpio([{ path: 'bin', mode: DIRECTORY }, { path: 'bin/x', mode: EXECUTABLE, content: Buffer.from('hello') }], 1000);
  equal(archive.length % 4, 0);
  equal(archive.toString('latin1', 0, 6), '070701');
  equal(archive.includes('TRAILER!!!'), true);
  equal(archive.toString('latin1').split('070701').length - 1, 3);
});

test('the same entries give the same bytes', () => {
  const entries = [{ path: 'init', mode: SYMLINK, content: Buffer.from('ros') }];
  equal(renderCpio(entries, 5).equals(renderCpio(entries, 5)), true);
});

test('cpio itself reads it, where cpio is installed', () => {
  let listing: string;
  try {
    listing = execFileSync('cpio', ['-it', '--quiet'], { input: renderCpio([{ path: 'a', mode: DIRECTORY }, { path: 'a/b', mode: EXECUTABLE, content: Buffer.from('1') }], 0) }).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  equal(listing, 'a\na/b\n');
});
