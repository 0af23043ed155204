// `respawn -f FILE`: keeps the programs of the table running.

import type { AppletContext } from '../applet.ts';
import { reportUsage } from '../applet.ts';
import { parseRespawnTable, respawn } from '../console/respawn.ts';

const USAGE = 'usage: respawn -f FILE\n';

export function main(context: AppletContext): Promise<number> {
  const [flag, file, ...rest] = context.args;
  if (flag !== '-f' || file === undefined || rest.length > 0) return Promise.resolve(reportUsage(context, 'expected -f FILE', USAGE));
  return respawn(context.host, parseRespawnTable(context.host.files.readText(file)));
}
