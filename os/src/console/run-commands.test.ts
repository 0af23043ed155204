import { FakeHost } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { runCommands, runScript } from './run-commands.ts';

test('commands run in their order, texts in a shell, empty ones not at all', async () => {
  const host = new FakeHost();
  for (const name of ['/bin/sh', 'touch']) host.processes.programs[name] = () => ({});
  await runCommands(host, [[], '', ['touch', 'a b'], 'echo x >y']);
  deepEqual(host.processes.ran, ['touch a b', '/bin/sh -c echo x >y']);
});

test('the first command that fails, or that is no program, keeps the rest from running', async () => {
  const host = new FakeHost();
  host.processes.programs['false'] = () => ({ code: 1 });
  await rejects(() => runCommands(host, [['false'], ['never']]), 'command-failed');
  await rejects(() => runCommands(host, [['no-such-program'], ['never']]), 'command-failed');
  equal(host.processes.ran.includes('never'), false);
});

test('a script runs when it may be executed: by itself with #!, else in a shell', async () => {
  const table: readonly (readonly [text: string, mode: number, ran: readonly string[]])[] = [
    ['#!/bin/bash\n', 0o755, ['/s']],
    ['\u007fELF...', 0o700, ['/s']],
    ['echo a\n', 0o755, ['/bin/sh /s']],
    ['', 0o755, ['/bin/sh /s']],
    ['#!/bin/sh\n', 0o644, []],
  ];
  for (const [text, mode, ran] of table) {
    const host = new FakeHost({ '/s': text });
    host.files.changeMode('/s', mode);
    for (const name of ['/bin/sh', '/s']) host.processes.programs[name] = () => ({});
    await runScript(host, '/s');
    deepEqual(host.processes.ran, ran);
  }
  await runScript(new FakeHost(), '/not-there');
});
