import { FakeHost } from '@drover/host';
import { deepEqual, test } from '@drover/testing';
import { readChanges } from './read-changes.ts';

test('what a container made, changed and changed inside of is told from what it only passed through', () => {
  const { files } = new FakeHost();
  for (const path of ['/low/etc', '/low/usr/bin', '/up/etc', '/up/new/deep', '/up/usr/bin']) files.makeDirectory(path);
  for (const path of ['/low/etc/hosts', '/up/etc/hosts', '/up/new/deep/file', '/low/usr/bin/ls']) files.write(path, path);
  deepEqual(readChanges(files, '/up', ['/low']).map(({ Path, Kind }) => `${'CAD'[Kind]!} ${Path}`).filter((line) => !line.includes('usr')), ['C /etc', 'C /etc/hosts', 'A /new', 'A /new/deep', 'A /new/deep/file']);
});
