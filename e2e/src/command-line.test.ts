import { deepEqual, equal, match, rejects, test } from '@drover/testing';
import type { CommandSpec } from './command-line.ts';
import { numberOption, parseCommandLine, renderUsage } from './command-line.ts';

const SPEC: CommandSpec = {
  usage: '[OPTION...] [NAME...]',
  options: { memory: { value: 'MB', help: 'memory of the machine' }, fresh: { help: 'start anew' } },
  operands: true,
};

const parse = (...args: string[]): ReturnType<typeof parseCommandLine> => parseCommandLine('run', SPEC, args);

test('options take their value from the next word or after an equals sign', () => {
  equal(parse('--memory', '256').options.get('memory'), '256');
  equal(parse('--memory=256', '--fresh').options.get('memory'), '256');
  equal(parse('--fresh').options.has('fresh'), true);
});

test('words after -- are passed on as they are', () => {
  const parsed = parse('name', '--', '--memory', 'a=b');
  deepEqual([...parsed.operands], ['name']);
  deepEqual([...parsed.rest], ['--memory', 'a=b']);
});

test('a wrong option is one sentence with a hint', async () => {
  for (const [args, text] of [
    [['--memroy', '1'], /no such option: --memroy/],
    [['-m'], /no such option: -m/],
    [['--memory'], /--memory needs a value/],
    [['--fresh=yes'], /--fresh takes no value/],
  ] as const) {
    match((await rejects(() => parse(...args), 'usage')).message, text);
  }
});

test('numbers are checked against their bounds', async () => {
  equal(numberOption(parse('--memory', '256'), 'memory', { least: 64, most: 1024 }, 'run'), 256);
  equal(numberOption(parse(), 'memory', { least: 64, most: 1024 }, 'run'), undefined);
  for (const value of ['8', '4096', 'much', '1.5']) {
    await rejects(() => numberOption(parse('--memory', value), 'memory', { least: 64, most: 1024 }, 'run'), 'usage');
  }
});

test('the help lists the options in a column', () => {
  equal(renderUsage('run', SPEC), 'usage: ./dev run [OPTION...] [NAME...]\n\n  --memory MB  memory of the machine\n  --fresh      start anew\n  --help       this text\n');
});
