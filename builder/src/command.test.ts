import { deepEqual, equal, rejects, test } from '@drover/testing';
import { hintOf } from '@drover/core';
import { parseCommand } from './command.ts';

test('build without a name builds everything, with names these', () => {
  deepEqual(parseCommand(['build']), { name: 'build', products: ['all'] });
  deepEqual(parseCommand(['build', 'ros', 'iso']), { name: 'build', products: ['ros', 'iso'] });
  deepEqual(parseCommand(['update-lock']), { name: 'update-lock', products: [] });
});

test('a mistake in the builder\'s command line is one sentence, with what there is', async () => {
  const table: readonly (readonly [readonly string[], string, string])[] = [
    [[], 'a command is missing', 'commands: build, update-lock, verify-reproducible'],
    [['biuld'], 'no such command: biuld', 'commands: build, update-lock, verify-reproducible'],
    [['build', 'isos', 'ros', 'x'], 'no such product: isos, x', 'products: ros-test, ros, kernel, initrd, rootfs, iso, ros-test-sanitized, all'],
    [['build', '--fast'], 'build has no option --fast', 'products: ros-test, ros, kernel, initrd, rootfs, iso, ros-test-sanitized, all'],
    [['update-lock', 'now'], 'update-lock takes no argument: now', 'write just: update-lock'],
  ];
  for (const [words, message, hint] of table) {
    const error = await rejects(() => parseCommand(words), 'usage');
    equal(error.message, message);
    equal(hintOf(error), hint);
  }
});
