import { FakeHost } from '@drover/host';
import type { SystemHost } from '@drover/host';
import { deepEqual, equal, match, test } from '@drover/testing';
import type { Command, CommandGroup } from './command.ts';
import { ROS } from './command-table.ts';
import { renderHelp } from './render-help.ts';
import { runCommand } from './run-command.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const TREE: CommandGroup = {
  help: 'a tree',
  commands: {
    group: {
      help: 'a group',
      aliases: ['g'],
      commands: {
        leaf: {
          help: 'a leaf', usage: 'ONE [TWO]', operands: [1, 2], anyUser: true, flags: { loud: { short: 'l', help: 'say it loudly' } },
          load: () => Promise.resolve({ run: ({ out }, flags) => Promise.resolve((out(`${flags.isOn('loud') ? 'LEAF' : 'leaf'} ${flags.operands.join(' ')}\n`), 3)) }),
        },
        run: { help: 'runs', operands: [0, Infinity], anyUser: true, passesFlags: true, hidden: true, load: () => Promise.resolve({ run: ({ out }, { operands }) => Promise.resolve((out(operands.join(' ')), 0)) }) },
      },
    },
    later: { help: 'comes later', missing: true },
  },
};

async function ros(words: readonly string[], tree: Command = TREE): Promise<Ran> {
  let [out, err] = ['', ''];
  const terminal = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const code = await runCommand({ host: new FakeHost() as unknown as SystemHost, name: 'ros', args: words, terminal }, ['ros'], tree);
  return { code, out, err };
}

test('words lead to a command, by its name or an alias, and its exit code is the outcome', async () => {
  deepEqual(await ros(['group', 'leaf', 'a', '-l']), { code: 3, out: 'LEAF a\n', err: '' });
  deepEqual(await ros(['g', 'leaf', '--', '-l']), { code: 3, out: 'leaf -l\n', err: '' });
  deepEqual(await ros(['g', 'run', 'ls', '-l', '--help']), { code: 0, out: 'ls -l --help', err: '' });
});

test('a command line that makes no sense ends with 2 and says what was meant', async () => {
  const table: readonly (readonly [words: readonly string[], err: RegExp])[] = [
    [['gruop'], /^ros: no such command: gruop\n {2}hint: did you mean group\?\n$/],
    [['xyz'], /hint: ros help lists the commands/],
    [['group', 'lef'], /^ros group: no such command: lef\n {2}hint: did you mean leaf\?/],
    [['group', 'leaf'], /^ros group leaf: expected ONE \[TWO\], got nothing\n {2}hint: ros group leaf --help/],
    [['group', 'leaf', 'a', 'b', 'c'], /expected ONE \[TWO\], got a b c/],
    [['group', 'leaf', '--laud'], /unknown flag: --laud; did you mean --loud\?/],
    [['--nonsense'], /no such option: --nonsense/],
    [['help', 'nothing'], /no such command: nothing/],
  ];
  for (const [words, err] of table) {
    const ran = await ros(words);
    deepEqual([ran.code, ran.out], [2, '']);
    match(ran.err, err);
  }
});

test('what RancherOS has and this version does not is said in one line', async () => {
  deepEqual(await ros(['later', 'list', '-a']), { code: 1, out: '', err: 'ros later: not in this version yet\n' });
  match((await ros(['later', '--help'])).out, /not in this version yet/);
});

test('help is shown for a group without a verb, for --help, and behind the word help', async () => {
  const group = renderHelp(['ros', 'group'], TREE.commands['group']!, 'dev');
  for (const words of [['group'], ['group', '--help'], ['group', '-h'], ['help', 'g'], ['g', 'help']]) deepEqual(await ros(words), { code: 0, out: group, err: '' });
  match((await ros(['group', 'leaf', '--help'])).out, /^NAME:\n {3}ros group leaf - a leaf\n\nUSAGE:\n {3}ros group leaf \[command options\] ONE \[TWO\]\n\nOPTIONS:\n {3}--loud, -l {2}say it loudly\n/);
  deepEqual(await ros(['help', 'group', 'leaf']), await ros(['group', 'leaf', '-h']));
  equal(group.includes('run'), false);
});

test('the help of ros has the shape that RancherOS gave it', async () => {
  const { code, out } = await ros([], ROS);
  equal(code, 0);
  match(out, /^NAME:\n {3}ros - Control and configure RancherOS\n\nUSAGE:\n {3}ros \[global options\] command \[command options\] \[arguments\.\.\.\]\n\nVERSION:\n {3}vdev\n\nCOMMANDS:\n {3}config, c /);
  match(out, /\n {3}install +install to a disk \(not in this version yet\)\n/);
  match(out, /GLOBAL OPTIONS:\n {3}--help, -h +show help\n {3}--version, -v +print the version\n$/);
  match((await ros(['config', '--generate-bash-completion'], ROS)).out, /^get\nset\nimages\nexport\n/);
  equal((await ros(['config', 'export', '--full', '--generate-bash-completion'], ROS)).out, '--output\n--private\n--full\n');
});
