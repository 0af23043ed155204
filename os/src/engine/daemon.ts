// System Docker: the daemon.

import type { AppletContext } from '../applet.ts';

export function runDaemon(context: AppletContext): Promise<number> {
  context.terminal.err('not built yet\n');
  return Promise.resolve(1);
}
