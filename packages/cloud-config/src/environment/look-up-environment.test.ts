import { deepEqual, test } from '@drover/testing';
import { lookUpEnvironment } from './look-up-environment.ts';

const KNOWN = new Map(Object.entries({ A: 'A', BC: 'BC', BB: 'BB', EMPTY: '', 'web/A': 'of web', 'web/ETCD_X': '1', ETCD_X: '2', ETCD_Y: '3', 'db/ETCD_Z': '4', 'a=b': 'x', URL: 'http://h/?a=b' }));

test('names without a value are looked up, for the service first, and patterns stand for all names that begin so', () => {
  const table: readonly (readonly [lines: readonly string[], service: string, found: readonly string[]])[] = [
    [['A', 'B*'], 'env', ['A=A', 'BB=BB', 'BC=BC']],
    [['A'], 'web', ['A=of web']],
    [['A='], 'env', ['A=A']],
    [['A=own', 'URL', 'X=a=b'], 'web', ['A=own', 'URL=http://h/?a=b', 'X=a=b']],
    [['EMPTY', 'UNKNOWN', 'UNKNOWN=', 'a', '', '*x'], 'env', ['EMPTY=']],
    [['ETCD_*'], 'web', ['ETCD_X=1']],
    [['ETCD_*'], 'env', ['ETCD_X=2', 'ETCD_Y=3']],
    [['ETCD_*'], 'db', ['ETCD_Z=4']],
    [['Z*'], 'env', []],
    [['*'], 'db', ['ETCD_Z=4']],
    [['w*'], 'env', []],
    [[], 'env', []],
  ];
  for (const [lines, service, found] of table) deepEqual(lookUpEnvironment(lines, service, KNOWN), [...found]);
});
