// The command line of `ros config`.

import { RosError } from '@drover/core';
import { readAll } from '@drover/host';
import type { AppletContext } from '../applet.ts';
import { reportFailure, reportUsage } from '../applet.ts';
import type { ConfigVerb } from './config-command.ts';
import { CONFIG_VERBS } from './config-command.ts';
import { parseFlags, renderFlags } from './parse-flags.ts';

/** More than any configuration has; what is larger is refused by name. */
const INPUT_LIMIT_BYTES = 1 << 20;

function renderUsage(): string {
  const rows = Object.entries(CONFIG_VERBS).map(([name, { usage, help }]) => [`${name} ${usage}`, help] as const);
  const width = Math.max(...rows.map(([verb]) => verb.length));
  return `usage: ros config VERB [OPTION...] [ARGUMENT...]\n\n${rows.map(([verb, help]) => `  ${verb.padEnd(width)}  ${help}\n`).join('')}`;
}

function renderVerbUsage(name: string, { usage, help, flags }: ConfigVerb): string {
  const options = renderFlags(flags);
  return `usage: ros config ${name} ${usage}\n\n${help}\n${options === '' ? '' : `\n${options}`}`;
}

export async function main(context: AppletContext): Promise<number> {
  const { host, terminal } = context;
  const [name, ...args] = context.args;
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.out(renderUsage());
    return 0;
  }
  if (name === undefined || !Object.hasOwn(CONFIG_VERBS, name)) return reportUsage(context, name === undefined ? 'a verb is missing' : `no such verb: ${name}`, renderUsage());
  const verb = CONFIG_VERBS[name]!;
  const ahead = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (ahead.includes('--help') || ahead.includes('-h')) {
    terminal.out(renderVerbUsage(name, verb));
    return 0;
  }
  const flags = parseFlags(args, verb.flags);
  if ('problem' in flags) return reportUsage(context, flags.problem, renderVerbUsage(name, verb));
  if (flags.operands.length !== verb.operands) return reportUsage(context, `expected ${verb.operands} argument${verb.operands === 1 ? '' : 's'}, got ${flags.operands.length}`, renderVerbUsage(name, verb));
  try {
    if (host.processes.uid !== 0) throw new RosError('not-root', 'only root may see and change the configuration', { hint: `sudo ros config ${name} ...` });
    return await verb.run({ host, out: terminal.out, err: terminal.err, readInput: () => readAll(host.children.source(0), INPUT_LIMIT_BYTES) }, flags);
  } catch (error) {
    return reportFailure(context, error);
  }
}
