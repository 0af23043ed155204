import { deepEqual, equal, test } from '@drover/testing';
import { parseDelay, parsePowerCommand } from './power-command.ts';

const now = new Date('2026-01-01T12:00:00Z');

test('each name has its own meaning, and shutdown takes it from its flags', () => {
  const table: readonly (readonly [string, string[], unknown])[] = [
    ['reboot', [], { action: 'reboot', force: false, delayMs: 0 }],
    ['halt', [], { action: 'halt', force: false, delayMs: 0 }],
    ['poweroff', ['-f'], { action: 'poweroff', force: true, delayMs: 0 }],
    ['shutdown', ['-h', 'now'], { action: 'poweroff', force: false, delayMs: 0 }],
    ['shutdown', ['-r', '+2'], { action: 'reboot', force: false, delayMs: 120_000 }],
    ['shutdown', [], { action: 'poweroff', force: false, delayMs: 0 }],
  ];
  for (const [name, args, expected] of table) deepEqual<unknown>(parsePowerCommand(name, args, now), expected);
});

test('wrong words are refused with the usage', () => {
  deepEqual(parsePowerCommand('reboot', ['--now'], now), { problem: 'unknown option: --now', usage: 'usage: reboot [-f]\n  -f  at once, without stopping containers and services\n' });
  equal('problem' in parsePowerCommand('shutdown', ['soon'], now), true);
  equal('help' in parsePowerCommand('reboot', ['--help'], now), true);
});

test('a time of day is the next one', () => {
  equal(parseDelay('12:30', now), 1_800_000);
  equal(parseDelay('11:00', now), 23 * 3_600_000);
  equal(parseDelay('25:00', now), undefined);
});
