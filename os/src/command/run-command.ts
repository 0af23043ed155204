// From the words behind `ros` to the command they name: help, suggestions, flags and exit codes are the same for all.

import { closestName, RosError } from '@drover/core';
import { readAll } from '@drover/host';
import type { AppletContext } from '../applet.ts';
import { reportFailure, reportUsage } from '../applet.ts';
import { VERSION } from '../version.ts';
import type { Command, CommandGroup, LeafCommand } from './command.ts';
import { parseFlags } from './parse-flags.ts';
import { renderHelp } from './render-help.ts';

/** What completion in a shell asks: the words that may come next. */
const COMPLETION = '--generate-bash-completion';
/** More than any configuration has; what is larger is refused by name. */
const INPUT_LIMIT_BYTES = 1 << 20;

/** Resolves to the exit code: 2 for a command line that makes no sense. `path`: the names so far, `ros` first. */
export async function runCommand(context: AppletContext, path: readonly string[], command: Command): Promise<number> {
  const named = { ...context, name: path.join(' ') };
  if ('missing' in command) {
    if (isHelp(context.args.at(-1))) return showHelp(named, path, command, []);
    context.terminal.err(`${named.name}: not in this version yet\n`);
    return 1;
  }
  return 'commands' in command ? runGroup(named, path, command) : runLeaf(named, path, command);
}

async function runGroup(context: AppletContext, path: readonly string[], group: CommandGroup): Promise<number> {
  const [word, ...args] = context.args;
  if (word === undefined || isHelp(word)) return showHelp(context, path, group, word === 'help' || word === 'h' ? args : []);
  if (word === COMPLETION) return printNames(context, namesOf(group));
  const name = findCommand(group, word);
  if (name !== undefined) return runCommand({ ...context, args }, [...path, name], group.commands[name]!);
  const close = closestName(word, namesOf(group));
  const what = word.startsWith('-') ? 'no such option' : 'no such command';
  return reportUsage(context, `${what}: ${word}`, `  hint: ${close === undefined ? `${context.name} help lists the commands` : `did you mean ${close}?`}\n`);
}

/** `ros help config get` and `ros config help get` are one. */
function showHelp(context: AppletContext, path: readonly string[], command: Command, words: readonly string[]): number {
  const [word, ...rest] = words;
  if (word === undefined) {
    context.terminal.out(renderHelp(path, command, VERSION));
    return 0;
  }
  const name = 'commands' in command ? findCommand(command, word) : undefined;
  if (name === undefined || !('commands' in command)) return reportUsage(context, `no such command: ${word}`, `  hint: ${path.join(' ')} help lists the commands\n`);
  return showHelp(context, [...path, name], command.commands[name]!, rest);
}

async function runLeaf(context: AppletContext, path: readonly string[], command: LeafCommand): Promise<number> {
  const { host, terminal, name } = context;
  const { flags: specs = {}, operands: [least, most] } = command;
  if (command.passesFlags !== true && context.args.at(-1) === COMPLETION) return printNames(context, Object.keys(specs).map((flag) => `--${flag}`));
  const args = command.passesFlags === true ? ['--', ...context.args] : context.args;
  const flags = parseFlags(args, specs);
  if ('problem' in flags) return reportUsage(context, flags.problem, seeHelp(name));
  if (flags.isOn('help') || (command.passesFlags === true && isHelp(context.args[0]))) return showHelp(context, path, command, []);
  const count = flags.operands.length;
  if (count < least || count > most) return reportUsage(context, `expected ${command.usage ?? 'no argument'}, got ${count === 0 ? 'nothing' : flags.operands.join(' ')}`, seeHelp(name));
  try {
    if (command.anyUser !== true && host.processes.uid !== 0) throw new RosError('not-root', 'Need to be root', { hint: `sudo ${name} ...` });
    const code = await command.load();
    return await code.run({ host, out: terminal.out, err: terminal.err, readInput: () => readAll(host.children.source(0), INPUT_LIMIT_BYTES) }, flags);
  } catch (error) {
    return reportFailure(context, error);
  }
}

function printNames({ terminal }: AppletContext, names: readonly string[]): number {
  terminal.out(names.map((name) => `${name}\n`).join(''));
  return 0;
}

function isHelp(word: string | undefined): boolean {
  return word !== undefined && ['--help', '-h', 'help', 'h'].includes(word);
}

function seeHelp(name: string): string {
  return `  hint: ${name} --help\n`;
}

function namesOf({ commands }: CommandGroup): string[] {
  return Object.keys(commands).filter((name) => commands[name]!.hidden !== true);
}

function findCommand({ commands }: CommandGroup, word: string): string | undefined {
  return Object.keys(commands).find((name) => name === word || commands[name]!.aliases?.includes(word) === true);
}
