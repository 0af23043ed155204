// rcompose without an engine: what it makes of its arguments and files.

import { FakeHost } from '@drover/host';
import { deepEqual, equal, match, rejects, test } from '@drover/testing';
import type { Step } from '../plan/step.ts';
import type { Flag } from './flags.ts';
import { parseFlags } from './flags.ts';
import { ProgressBlock } from './progress-block.ts';
import { runCommand } from './run-command.ts';

const TABLE: readonly Flag[] = [
  { name: '--file', short: '-f', kind: 'values', help: '' }, { name: '--detach', short: '-d', kind: 'flag', help: '' }, { name: '--all', short: '-a', kind: 'flag', help: '' }, { name: '--timeout', short: '-t', kind: 'value', help: '' },
];

test('flags are taken as Docker takes them', () => {
  const { flags, rest } = parseFlags(['-f', 'a', '--file=b', '-fc', 'web', '-da', '-t5', '--', '-x'], TABLE, false);
  deepEqual([flags.values('--file'), flags.has('--detach'), flags.has('--all'), flags.number('--timeout'), rest], [['a', 'b', 'c'], true, true, 5, ['web', '-x']]);
  deepEqual(parseFlags(['-d', 'exec', '-t', 'x'], TABLE, true).rest, ['exec', '-t', 'x']);
  equal(parseFlags(['--detach=false'], TABLE, false).flags.has('--detach'), false);
});

test('a wrong flag is told with what was meant', async () => {
  const error = await rejects(() => parseFlags(['--detahc'], TABLE, false), 'usage');
  equal(error.message, 'unknown flag: --detahc');
  await rejects(() => parseFlags(['-t'], TABLE, false), 'usage');
  await rejects(() => parseFlags(['-t', 'soon'], TABLE, false).flags.number('--timeout'), 'usage');
});

async function rcompose(args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const ran = { code: 0, out: '', err: '' };
  ran.code = await runCommand({ host: new FakeHost(files), args, folder: '/p', out: (text) => (ran.out += text), err: (text) => (ran.err += text), readInput: () => Promise.resolve('services: {piped: {image: a}}\n') });
  return ran;
}

test('rcompose says what it can do, and what a verb takes', async () => {
  match((await rcompose(['--help'])).out, /^usage: rcompose \[OPTION\.\.\.\] COMMAND/);
  match((await rcompose(['up', '--help'])).out, /^usage: rcompose up \[SERVICE\.\.\.\]\n\nMake and start containers\n\n.*--build/s);
  equal((await rcompose([])).code, 1);
  deepEqual(await rcompose(['pss']), { code: 2, out: '', err: 'error: unknown command: pss\n  hint: did you mean ps?\n' });
});

test('rcompose config prints what the files come to, or a part of it', async () => {
  const files = { '/p/compose.yaml': 'services:\n  web: {image: a, depends_on: [db]}\n  db: {image: b}\n  other: {image: c, profiles: [x]}\n' };
  match((await rcompose(['config'], files)).out, /^name: p\nservices:\n  db:\n    image: b\n/);
  equal((await rcompose(['config', '--services'], files)).out, 'db\nweb\n');
  equal((await rcompose(['--profile', 'x', 'config', '--images'], files)).out, 'b\nc\na\n');
  equal((await rcompose(['config', '--profiles'], files)).out, 'x\n');
  equal((await rcompose(['config', '-q'], files)).out, '');
  equal((await rcompose(['-f', '-', 'config', '--services'])).out, 'piped\n');
  match((await rcompose(['config', '--format', 'json', 'db'], files)).out, /"services": \{\n {4}"db"/);
});

test('rcompose tells all mistakes and ends with 1', async () => {
  const { code, err } = await rcompose(['config'], { '/p/compose.yaml': 'services: {a: {image: 1}, b: {imagge: x}}\n' });
  equal(code, 1);
  match(err, /1:23: error: Service 'a' .*\n.*\n.*1:31: error: Unsupported config option for b service: 'imagge' \(did you mean 'image'\?\)/);
  match((await rcompose(['ps'])).err, /no configuration file provided: not found/);
});

test('progress on a terminal is one block that is written over', () => {
  let text = '';
  const block = new ProgressBlock((more) => (text += more));
  const step = (id: number, verb: 'create' | 'start'): Step => ({ id, action: { do: verb, name: 'p-web-1' } as Step['action'], after: [], cause: 'x' });
  block.show({ step: step(1, 'create'), state: 'started' });
  block.show({ step: step(1, 'create'), state: 'done', tookMs: 200 });
  block.show({ step: step(2, 'start'), state: 'done', tookMs: 300 });
  equal(text, [
    '[+] Running 0/1\n ⠿ Container p-web-1  Creating\n',
    '\x1b[2A\x1b[J[+] Running 1/1\n ✔ Container p-web-1  Created      200ms\n',
    '\x1b[2A\x1b[J[+] Running 1/1\n ✔ Container p-web-1  Started      500ms\n',
  ].join(''));
});
