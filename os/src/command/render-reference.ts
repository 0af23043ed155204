// The reference page of the commands, from their table. Written to docs/reference/ros.md by tools/references.mjs.

import type { Command } from './command.ts';
import { ROS } from './command-table.ts';
import { GLOBAL_FLAGS } from './render-help.ts';
import { renderFlags } from './parse-flags.ts';
import type { FlagSpecs } from './parse-flags.ts';

const INTRODUCTION = `# ros

<!-- Written by tools/references.mjs from the table in os/src/command/command-table.ts: change that. -->

Control and configure the system. Every command has \`--help\`; \`ros help\` lists them. Flags stand before or after the
arguments; everything behind \`--\` is an argument, also when it begins with \`-\`. \`-f\`, \`--full\` and \`-full\` are one,
\`--output FILE\` and \`--output=FILE\` as well.

| Exit code | |
| --- | --- |
| 0 | It is done |
| 1 | It could not be done, or the question was answered with no: the message says why |
| 2 | The command line makes no sense; nothing was done |

Commands need root, except where it says *any user*. Commands that RancherOS has and this version does not say so and end
with 1.
`;

export function renderReference(): string {
  return [INTRODUCTION, `## Global options\n\n${renderFlagTable(GLOBAL_FLAGS)}`, ...renderCommands(['ros'], ROS.commands)].join('\n');
}

function renderCommands(path: readonly string[], commands: Readonly<Record<string, Command>>): string[] {
  return Object.entries(commands).flatMap(([name, command]) => {
    const inner = 'commands' in command ? renderCommands([...path, name], command.commands) : [];
    return [renderCommand([...path, name], command), ...inner];
  });
}

function renderCommand(path: readonly string[], command: Command): string {
  const name = path.join(' ');
  const title = `${path.length === 2 ? '##' : '###'} ${name}\n`;
  const remarks = [
    ...(command.aliases ?? []).map((alias) => `also \`${[...path.slice(0, -1), alias].join(' ')}\``),
    ...(command.hidden === true ? ['not in the help'] : []),
    ...('anyUser' in command ? ['any user'] : []),
    ...('missing' in command ? ['not in this version yet'] : []),
  ];
  const text = `${command.help[0]!.toUpperCase()}${command.help.slice(1)}.${remarks.length === 0 ? '' : ` *(${remarks.join('; ')})*`}\n`;
  if (!('load' in command)) return `${title}\n${text}`;
  const usage = `\`\`\`\n${[name, ...(command.flags === undefined ? [] : ['[OPTION...]']), ...(command.usage === undefined ? [] : [command.usage])].join(' ')}\n\`\`\`\n`;
  return [title, text, usage, ...(command.flags === undefined ? [] : [renderFlagTable(command.flags)])].join('\n');
}

function renderFlagTable(flags: FlagSpecs): string {
  const rows = renderFlags(flags).map(([flag, help]) => `| \`${flag}\` | ${help} |`);
  return `| Option | |\n| --- | --- |\n${rows.join('\n')}\n`;
}
