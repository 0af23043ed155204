// `ros config export`

import { dropSecrets, mergeTrees } from '@drover/cloud-config';
import { fromValue, toValue } from '@drover/yaml';
import type { MapNode, Value } from '@drover/yaml';
import type { Flags } from '../parse-flags.ts';
import type { ConfigContext } from './config-context.ts';
import type { ConfigHost } from './config-store.ts';
import { loadEverything, loadWritten, withBuiltIns } from './config-store.ts';

export async function run({ host, out }: ConfigContext, flags: Flags): Promise<number> {
  const value: Value = flags.isOn('full') ? await loadFull(host) : { ssh_authorized_keys: [], ...(await loadWritten(host)) };
  const { renderYaml } = await import('@drover/cloud-config/yaml');
  const text = renderYaml(dropSecrets(value, flags.isOn('private')));
  const file = flags.text('output');
  if (file === undefined) out(`${text}\n`);
  else host.files.writeAtomic(file, text, { mode: 0o400 });
  return 0;
}

async function loadFull(host: ConfigHost): Promise<Value> {
  const { config, tree } = await loadEverything(host);
  return withBuiltIns(toValue(mergeTrees(fromValue(config, { name: 'defaults' }) as MapNode, tree)));
}
