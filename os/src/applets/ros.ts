// The `ros` command.

import type { AppletContext } from '../applet.ts';
import { reportUsage } from '../applet.ts';
import { VERSION } from '../version.ts';

const USAGE = `usage: ros [--version] COMMAND [ARGUMENT...]

  config, c    show and change the configuration

ros COMMAND --help says more.
`;

const COMMANDS: Readonly<Record<string, () => Promise<{ main(context: AppletContext): Promise<number> }>>> = {
  config: () => import('../command/config.ts'),
  c: () => import('../command/config.ts'),
};

export async function main(context: AppletContext): Promise<number> {
  const [command, ...args] = context.args;
  if (command === '--version' || command === '-v') {
    context.terminal.out(`ros version v${VERSION}\n`);
    return 0;
  }
  if (command === '--help' || command === '-h' || command === 'help') {
    context.terminal.out(USAGE);
    return 0;
  }
  if (command === undefined || !Object.hasOwn(COMMANDS, command)) return reportUsage(context, command === undefined ? 'a command is missing' : `no such command: ${command}`, USAGE);
  return (await COMMANDS[command]!()).main({ ...context, name: `ros ${command === 'c' ? 'config' : command}`, args });
}
