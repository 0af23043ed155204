// `ros config validate [-i FILE]`: unknown keys count as mistakes here.

import type { Flags } from '../parse-flags.ts';
import type { ConfigContext } from './config-context.ts';
import { readInput, report } from './config-context.ts';

export async function run(context: ConfigContext, flags: Flags): Promise<number> {
  const { bytes, name } = await readInput(context, flags);
  const { parseCloudConfig } = await import('@drover/cloud-config/yaml');
  const { problems } = parseCloudConfig(bytes, name, { dosLineEnds: 'refuse' });
  const wrong = report(context, problems) || problems.some((one) => one.code === 'unknown-key');
  return wrong ? 1 : 0;
}
