// The `ros` command.

import type { AppletContext } from '../applet.ts';
import { ROS } from '../command/command-table.ts';
import { runCommand } from '../command/run-command.ts';
import { VERSION } from '../version.ts';

export async function main(context: AppletContext): Promise<number> {
  const [first] = context.args;
  if (first === '--version' || first === '-v') {
    context.terminal.out(`ros version v${VERSION}\n`);
    return 0;
  }
  return runCommand(context, ['ros'], ROS);
}
