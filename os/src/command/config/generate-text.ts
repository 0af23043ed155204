// `ros config generate`: RancherOS's builds make os-config.yml with it.

import { decodeUtf8 } from '@drover/core';
import type { CommandContext } from '../command.ts';
import { expandTemplate } from './expand-template.ts';

export async function run({ host, out, readInput }: CommandContext): Promise<number> {
  const variables = host.processes.environment().map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  });
  out(expandTemplate(decodeUtf8(await readInput()), new Map(variables)));
  return 0;
}
