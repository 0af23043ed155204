import { deepEqual, test } from '@drover/testing';
import { parseFlags } from './parse-flags.ts';
import type { FlagSpecs } from './parse-flags.ts';

const SPECS: FlagSpecs = { output: { short: 'o', value: 'FILE', help: '' }, full: { short: 'f', help: '' } };

test('flags stand anywhere before --, with one dash or two, and may be repeated', () => {
  const flags = parseFlags(['a', '-o', 'x', '--full', '-', '-output=y', '-1', '-----BEGIN KEY-----\n', '--', '-f'], SPECS);
  deepEqual('problem' in flags ? flags : [flags.texts('output'), flags.text('output'), flags.isOn('full'), flags.operands], [['x', 'y'], 'y', true, ['a', '-', '-1', '-----BEGIN KEY-----\n', '-f']]);
  const off = parseFlags(['--full', '-f=false'], SPECS);
  deepEqual('problem' in off ? off : off.isOn('full'), false);
});

test('a wrong flag is named, with the one that was meant', () => {
  const table: readonly (readonly [args: readonly string[], problem: string])[] = [
    [['--nope'], 'unknown flag: --nope'],
    [['--ouput', 'x'], 'unknown flag: --ouput; did you mean --output?'],
    [['-o'], 'flag needs an argument: -o'],
    [['-o='], 'flag needs an argument: -o'],
    [['--full=1'], '--full is on or off and takes no value'],
  ];
  for (const [args, problem] of table) deepEqual(parseFlags(args, SPECS), { problem });
});
