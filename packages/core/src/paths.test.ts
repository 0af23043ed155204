import { equal, test } from '@drover/testing';
import { basename, dirname, isWithin, join } from './paths.ts';

test('join normalises', () => {
  const table: readonly (readonly [string[], string])[] = [
    [['/a', 'b'], '/a/b'],
    [['/a/', '/b/'], '/a/b'],
    [['/a', '..', '..', 'b'], '/b'],
    [['a', '../..', 'b'], '../b'],
    [['/', ''], '/'],
    [['', ''], '.'],
    [['./a//b/.'], 'a/b'],
  ];
  for (const [parts, expected] of table) equal(join(...parts), expected);
});

test('dirname and basename split a path', () => {
  equal(dirname('/a/b/'), '/a');
  equal(dirname('/a'), '/');
  equal(dirname('a'), '.');
  equal(basename('/a/b/'), 'b');
  equal(basename('b'), 'b');
});

test('a sibling with the same beginning is not inside', () => {
  equal(isWithin('/var/lib', '/var/lib/docker'), true);
  equal(isWithin('/var/lib', '/var/library'), false);
  equal(isWithin('/var/lib', '/var/lib/../log'), false);
  equal(isWithin('/', '/x'), true);
});
