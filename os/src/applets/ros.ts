// The `ros` command.

import type { AppletContext } from '../applet.ts';
import { reportUsage } from '../applet.ts';
import { VERSION } from '../version.ts';

const USAGE = 'usage: ros [--version] COMMAND [ARGUMENT...]\n';

export function main(context: AppletContext): Promise<number> {
  const [command] = context.args;
  if (command === '--version' || command === '-v') {
    context.terminal.out(`ros version v${VERSION}\n`);
    return Promise.resolve(0);
  }
  return Promise.resolve(reportUsage(context, command === undefined ? 'a command is missing' : `no such command: ${command}`, USAGE));
}
