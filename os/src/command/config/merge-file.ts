// `ros config merge [-i FILE]`

import { mergeTrees } from '@drover/cloud-config';
import { toValue } from '@drover/yaml';
import type { Flags } from '../parse-flags.ts';
import type { ConfigContext } from './config-context.ts';
import { readInput, report } from './config-context.ts';
import { readOwnFile, writeOwnFile } from './config-store.ts';

export async function run(context: ConfigContext, flags: Flags): Promise<number> {
  const { bytes, name } = await readInput(context, flags);
  const { parseCloudConfig, parseRaw } = await import('@drover/cloud-config/yaml');
  if (report(context, parseCloudConfig(bytes, name, { dosLineEnds: 'refuse' }).problems)) {
    context.err('nothing was changed\n');
    return 1;
  }
  await writeOwnFile(context.host, toValue(mergeTrees(await readOwnFile(context.host), parseRaw(bytes, name).root)));
  return 0;
}
