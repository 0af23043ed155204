// Help texts of `ros`, in the shape that RancherOS gave them.

import type { Command, CommandGroup, LeafCommand } from './command.ts';
import type { FlagSpecs } from './parse-flags.ts';
import { HELP, renderFlags } from './parse-flags.ts';

type Rows = readonly (readonly [string, string])[];

export const GLOBAL_FLAGS: FlagSpecs = { ...HELP, version: { short: 'v', help: 'print the version' } };

/** `path`: the names that lead to it, `ros` first. */
export function renderHelp(path: readonly string[], command: Command, version: string): string {
  const name = path.join(' ');
  const top = path.length === 1;
  const title: Section = ['NAME', `${name} - ${command.help}`];
  if ('missing' in command) return renderSections([title, ['STATUS', 'not in this version yet']]);
  if (!('commands' in command)) return renderSections([title, ['USAGE', renderUsage(name, command)], ['OPTIONS', renderFlags({ ...command.flags, ...HELP })]]);
  return renderSections([
    title,
    ['USAGE', top ? `${name} [global options] command [command options] [arguments...]` : `${name} command [command options] [arguments...]`],
    ...(top ? [['VERSION', `v${version}`] as const] : []),
    ['COMMANDS', [...listCommands(command), ['help, h', 'show the commands, or help for one']]],
    [top ? 'GLOBAL OPTIONS' : 'OPTIONS', renderFlags(top ? GLOBAL_FLAGS : HELP)],
  ]);
}

function renderUsage(name: string, { usage = '', flags = {} }: LeafCommand): string {
  return [name, ...(Object.keys(flags).length === 0 ? [] : ['[command options]']), ...(usage === '' ? [] : [usage])].join(' ');
}

function listCommands({ commands }: CommandGroup): Rows {
  return Object.entries(commands)
    .filter(([, command]) => command.hidden !== true)
    .map(([name, command]) => [[name, ...(command.aliases ?? [])].join(', '), `${command.help}${'missing' in command ? ' (not in this version yet)' : ''}`]);
}

type Section = readonly [title: string, body: string | Rows];

function renderSections(sections: readonly Section[]): string {
  return sections.map(([title, body]) => `${title}:\n${typeof body === 'string' ? `   ${body}\n` : renderRows(body)}`).join('\n');
}

function renderRows(rows: Rows): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `   ${left.padEnd(width)}  ${right}\n`).join('');
}
