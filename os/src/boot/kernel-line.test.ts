import { FakeHost } from '@drover/host';
import { deepEqual, equal, test } from '@drover/testing';
import { hideElidedWords, readKernelLine, withoutElided } from './kernel-line.ts';

test('what follows -- is not shown', () => {
  const table: readonly (readonly [line: string, shown: string])[] = [
    ['quiet rancher.debug\n', 'quiet rancher.debug\n'],
    ['quiet -- rancher.password=x\n', 'quiet\n'],
    ['quiet --\n', 'quiet\n'],
    ['a--b --c=d -- e -- f', 'a--b --c=d\n'],
    ['-- a', '\n'],
  ];
  for (const [line, shown] of table) equal(withoutElided(line), shown);
});

test('ros reads all of the line, and services get the file that hides the rest', () => {
  const plain = new FakeHost({ '/proc/cmdline': 'quiet\n' });
  const hidden = new FakeHost({ '/proc/cmdline': 'quiet\n', '/run/ros/kernel-line': 'quiet -- x\n', '/run/ros/cmdline': 'quiet\n' });
  deepEqual([readKernelLine(plain.files), readKernelLine(hidden.files)], ['quiet\n', 'quiet -- x\n']);
  const services = { ntp: { image: 'x', volumes: ['/dev:/dev'] } };
  deepEqual(hideElidedWords(plain.files, services), services);
  deepEqual(hideElidedWords(hidden.files, services)['ntp']?.volumes, ['/dev:/dev', '/run/ros/cmdline:/proc/cmdline:ro']);
});
