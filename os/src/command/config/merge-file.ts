// `ros config merge [-i FILE]`

import { mergeTrees } from '@drover/cloud-config';
import { toValue } from '@drover/yaml';
import type { Flags } from '../parse-flags.ts';
import type { WriterContext } from './config-context.ts';
import { readInput, report } from './config-context.ts';
import { readOwnFile, writeOwnFile } from './config-store.ts';
import { withConfigurationLocked } from './lock-configuration.ts';

export async function run(context: WriterContext, flags: Flags): Promise<number> {
  const { bytes, name } = await readInput(context, flags);
  const { parseCloudConfig, parseRaw } = await import('@drover/cloud-config/yaml');
  if (report(context, parseCloudConfig(bytes, name, { dosLineEnds: 'refuse' }).problems)) {
    context.err('nothing was changed\n');
    return 1;
  }
  await withConfigurationLocked(context.host, async () => writeOwnFile(context.host, toValue(mergeTrees(await readOwnFile(context.host), parseRaw(bytes, name).root))));
  return 0;
}
