import { deepEqual, test } from '@drover/testing';
import { parseMountTable } from './mount-table.ts';

test('the mount table is read with its propagation and its escapes', () => {
  deepEqual(parseMountTable('22 1 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw\n23 22 0:5 / /a\\040b rw - overlay overlay rw,lowerdir=x\nodd\n'), [
    { mountPoint: '/', type: 'ext4', source: '/dev/sda1', propagation: ['shared:1', 'master:2'] },
    { mountPoint: '/a b', type: 'overlay', source: 'overlay', propagation: [] },
  ]);
});
