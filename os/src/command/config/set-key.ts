// `ros config set KEY VALUE`

import { findSpec, keepText, parseKeyPath, setValue } from '@drover/cloud-config';
import { fromValue, parseFlowValue, toValue } from '@drover/yaml';
import type { MapNode } from '@drover/yaml';
import type { Flags } from '../parse-flags.ts';
import { report } from './config-context.ts';
import type { WriterContext } from './config-context.ts';
import { changeOwnFile } from './config-store.ts';
import { withConfigurationLocked } from './lock-configuration.ts';

export async function run(context: WriterContext, { operands: [key, text] }: Flags): Promise<number> {
  const path = parseKeyPath(key!);
  const node = parseFlowValue(text!, { name: `ros config set ${key!}` });
  const value = text!.trim() === '' ? null : toValue(keepText(node, findSpec(path)?.type));
  const { checkTree } = await import('@drover/cloud-config/yaml');
  const { problems } = checkTree(fromValue(setValue({}, path, value), node.source) as MapNode);
  if (report(context, problems)) return 1;
  await withConfigurationLocked(context.host, () => changeOwnFile(context.host, (tree) => setValue(tree, path, value)));
  return 0;
}
