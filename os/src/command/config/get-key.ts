// `ros config get KEY`

import { dropSecrets, findSpec, parseKeyPath } from '@drover/cloud-config';
import type { KeySpec } from '@drover/cloud-config';
import { toValue } from '@drover/yaml';
import type { Value } from '@drover/yaml';
import type { Flags } from '../parse-flags.ts';
import type { ConfigContext } from './config-context.ts';
import { renderValue, valueAt } from './config-context.ts';
import { loadEverything, withBuiltIns } from './config-store.ts';

export async function run({ host, out, err }: ConfigContext, { operands: [key] }: Flags): Promise<number> {
  const path = parseKeyPath(key!);
  const { config, tree } = await loadEverything(host);
  const found = findSpec(path);
  if (found === undefined) err(`no such key: ${key!}\n`);
  const shown = dropSecrets(config, true);
  // A part of a service or of an unknown key has no type: then what was written.
  const value = (path[1] === 'services' ? valueAt(await withBuiltIns(toValue(tree)), path) : undefined)
    ?? valueAt(shown, path)
    ?? (found === undefined || found.spec === undefined ? valueAt(dropSecrets(toValue(tree), true), path) : undefined)
    ?? zeroOf(found?.type, found?.spec);
  out(await renderValue(value));
  return 0;
}

/** What RancherOS prints for a key that is known and not set. */
function zeroOf(type: string | undefined, spec: KeySpec | undefined): Value | undefined {
  if (spec?.secret === 'hidden') return undefined;
  if (type === 'boolean') return false;
  return type === 'integer' ? 0 : undefined;
}
