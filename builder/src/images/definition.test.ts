import { deepEqual, equal, match, rejects, test } from '@drover/testing';
import { matcher, parseDefinition } from './definition.ts';

test('patterns keep to one folder with one star and go below with two', () => {
  const table: readonly (readonly [string, string, boolean])[] = [
    ['/usr/bin/a*', '/usr/bin/abc', true],
    ['/usr/bin/a*', '/usr/bin/a/b', false],
    ['/usr/lib/x/**', '/usr/lib/x/y/z', true],
    ['/usr/lib/x.so', '/usr/lib/xaso', false],
  ];
  for (const [pattern, path, expected] of table) equal(matcher(pattern)(path), expected);
});

test('a definition gets its defaults, and a misspelt key is refused', async () => {
  const image = parseDefinition('os-ntp', 'base: os-base\npackages:\n  chrony: [/usr/sbin/chronyd]\n', 'images/os-ntp/image.yml');
  equal(image.part, 'system');
  deepEqual(image.packages, { chrony: ['/usr/sbin/chronyd'] });
  const error = await rejects(() => parseDefinition('x', 'bse: os-base\n', 'images/x/image.yml'), 'image-definition');
  match(error.message, /images\/x\/image\.yml: unknown key bse/);
});
