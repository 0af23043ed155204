// rcompose: Docker Compose's verbs and flags on this library. The whole program but for what a runtime brings.

import { explain, hintOf, RosError, closestName } from '@drover/core';
import { parseFlags } from './flags.ts';
import type { Flag } from './flags.ts';
import { IMAGE_VERBS } from './image-verbs.ts';
import { LIFE_VERBS } from './life-verbs.ts';
import { LIST_VERBS } from './list-verbs.ts';
import { RUN_VERBS } from './run-verbs.ts';
import type { CommandIo } from './session.ts';
import { Session } from './session.ts';
import { SHOW_VERBS } from './show-verbs.ts';
import type { Verb } from './verb.ts';
import { flag, value, values } from './verb.ts';

const GLOBAL_FLAGS: readonly Flag[] = [
  values('--file', 'A compose file; - is standard input', '-f'), value('--project-name', 'The name of the project', '-p'), values('--profile', 'A profile; * is all'),
  value('--project-directory', 'What relative paths are relative to'), values('--env-file', 'In place of .env'), value('--host', 'unix:///PATH or tcp://HOST:PORT of the engine', '-H'), value('--parallel', 'How many steps at a time'),
  flag('--dry-run', 'Print the plan and do nothing'), flag('--compatibility', 'Names as version 1 made them'), flag('--verbose', 'Accepted'), value('--ansi', 'Accepted'), value('--progress', 'auto, tty, plain or quiet'),
  flag('--help', 'This text', '-h'), flag('--version', 'The version', '-v'),
];

const VERBS: Readonly<Record<string, Verb>> = { ...LIFE_VERBS, ...RUN_VERBS, ...IMAGE_VERBS, ...LIST_VERBS, ...SHOW_VERBS };
const VERB_HELP = flag('--help', 'This text');

/** Returns the exit code; prints what went wrong. */
export async function runCommand(io: CommandIo): Promise<number> {
  try {
    const { flags, rest } = parseFlags(io.args, GLOBAL_FLAGS, true);
    const [name, ...args] = rest;
    const session = new Session(io, flags);
    if (flags.has('--version')) return await VERBS['version']!.run(session, flags, []);
    if (name === undefined || name === 'help' || flags.has('--help')) {
      io.out(usage());
      return name === undefined && !flags.has('--help') ? 1 : 0;
    }
    return await runVerb(session, name, args);
  } catch (error) {
    return report(io, error);
  }
}

async function runVerb(session: Session, name: string, args: readonly string[]): Promise<number> {
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined) {
    const close = closestName(name, Object.keys(VERBS));
    throw new RosError('usage', `unknown command: ${name}`, { hint: close === undefined ? 'rcompose --help shows what there is' : `did you mean ${close}?` });
  }
  const { flags, rest } = parseFlags(args, [...verb.flags, VERB_HELP], verb.passesOn === true);
  if (flags.has('--help')) {
    session.io.out(`usage: rcompose ${name} ${verb.usage}\n\n${verb.help}\n\n${table(verb.flags)}`);
    return 0;
  }
  return verb.run(session, flags, rest);
}

function usage(): string {
  const rows = Object.entries(VERBS).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, verb]) => `  ${name.padEnd(10)} ${verb.help}\n`);
  return `usage: rcompose [OPTION...] COMMAND [ARGUMENT...]\n\n${table(GLOBAL_FLAGS)}\n${rows.join('')}`;
}

function table(flags: readonly Flag[]): string {
  return flags.map((one) => `  ${`${one.short === undefined ? '    ' : `${one.short}, `}${one.name}${one.kind === 'flag' ? '' : ' VALUE'}`.padEnd(30)} ${one.help}\n`).join('');
}

function report(io: CommandIo, error: unknown): number {
  const hint = hintOf(error);
  io.err(`error: ${explain(error)}\n${hint === undefined ? '' : `  hint: ${hint}\n`}`);
  return error instanceof RosError && error.code === 'usage' ? 2 : 1;
}
