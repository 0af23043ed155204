// `ros config diff [-i FILE]`: what a merge of this file would change in the configuration that counts in the end.
// Exit codes are those of diff: 0 nothing, 1 something, 2 trouble.

import { CLOUD_CONFIG_FILE, findSpec, KERNEL_LINE, KERNEL_LINE_ELIDED, mergeTrees, resolveConfiguration } from '@drover/cloud-config';
import type { Layer, ResolvedConfiguration } from '@drover/cloud-config';
import { fromValue, getNode, toValue } from '@drover/yaml';
import type { MapNode, Value } from '@drover/yaml';
import type { Flags } from '../parse-flags.ts';
import { flatten, listDifferences } from './compare-values.ts';
import type { ConfigContext } from './config-context.ts';
import { readInput, report } from './config-context.ts';
import { loadEverything, readOwnFile } from './config-store.ts';
import { readSavedMetadata } from './read-saved-metadata.ts';

export async function run(context: ConfigContext, flags: Flags): Promise<number> {
  const { host, out, err } = context;
  const { bytes, name } = await readInput(context, flags);
  const { parseCloudConfig } = await import('@drover/cloud-config/yaml');
  const added = parseCloudConfig(bytes, name, { dosLineEnds: 'refuse' });
  await readOwnFile(host); // a merge would stop at one that is broken, too
  if (report(context, added.problems)) return 2;
  const before = await loadEverything(host);
  const after = resolveConfiguration(mergeInto(before.layers, added), await readSavedMetadata(host));
  const changes = listChanges(flatten(valueOf(before)), flatten(valueOf(after)));
  out(changes.map((change) => `${change}\n`).join(''));
  for (const path of flatten(toValue(added.tree)).keys()) {
    const source = getNode(after.tree, JSON.parse(path) as string[])?.source.name;
    if (source === KERNEL_LINE || source === KERNEL_LINE_ELIDED) err(`${renderPath(path)}: stays as it is, because the ${source} has it\n`);
  }
  return changes.length === 0 ? 0 : 1;
}

/** The layers with `added` on top of cloud-config.yml, which kernel words are above. */
function mergeInto(layers: readonly Layer[], added: Layer): Layer[] {
  const own = layers.find(({ name }) => name === CLOUD_CONFIG_FILE);
  const merged: Layer = own === undefined ? added : { ...own, tree: mergeTrees(own.tree, added.tree) };
  const isAbove = ({ name }: Layer): boolean => name === KERNEL_LINE || name === KERNEL_LINE_ELIDED;
  return [...layers.filter((layer) => layer !== own && !isAbove(layer)), merged, ...layers.filter(isAbove)];
}

/** Everything that counts: with defaults, and with keys that the schema does not know. */
function valueOf({ config, tree }: ResolvedConfiguration): Value {
  return toValue(mergeTrees(tree, fromValue(config, { name: 'configuration' }) as MapNode));
}

/** `key: old -> new`, sorted by key. Secrets are only named. */
function listChanges(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): string[] {
  return listDifferences(before, after)
    .map((path) => {
      const secret = isSecret(JSON.parse(path) as string[]);
      const show = (value: Value | undefined): string => (value === undefined || value === null ? '(none)' : secret ? '(secret)' : typeof value === 'string' && !/[\n"]|^$/.test(value) ? value : JSON.stringify(value));
      const [old, now] = [show(before.get(path)), show(after.get(path))];
      return `${renderPath(path)}: ${old} -> ${old === now ? 'another value' : now}`;
    })
    .sort();
}

function isSecret(path: readonly string[]): boolean {
  return path.some((_, i) => findSpec(path.slice(0, i + 1))?.spec?.secret !== undefined);
}

/** As `ros config get` takes it. */
function renderPath(path: string): string {
  return (JSON.parse(path) as string[]).map((part) => (part.includes('.') ? `"${part}"` : part)).join('.');
}
