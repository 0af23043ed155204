import { deepEqual, match, rejects, test } from '@drover/testing';
import { parseScript } from './parse-script.ts';

test('a script is cases of commands, each with the reason why it may differ', () => {
  deepEqual(parseScript('# about\n\n## one\n$ docker ps\n$ docker info\n~ another engine\n## two\n$ true\n', 'x'), [
    { title: 'one', commands: [{ line: 4, command: 'docker ps', differs: undefined }, { line: 5, command: 'docker info', differs: 'another engine' }] },
    { title: 'two', commands: [{ line: 8, command: 'true', differs: undefined }] },
  ]);
});

test('what is no line of a script is refused with its place', async () => {
  for (const text of ['$ docker ps', '## one\n~ why', 'docker ps', '## one\n$ true\n~']) match((await rejects(() => parseScript(text, 'area.txt'), 'script-syntax')).message, /^area\.txt:\d+: /);
});
