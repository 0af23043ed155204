// `ros config explain KEY`

import { RosError } from '@drover/core';
import { dropSecrets, findSpec, parseKeyPath } from '@drover/cloud-config';
import type { KeySpec } from '@drover/cloud-config';
import { getNode, placeOf } from '@drover/yaml';
import type { Flags } from '../parse-flags.ts';
import type { ConfigContext } from './config-context.ts';
import { renderValue, valueAt } from './config-context.ts';
import { loadEverything } from './config-store.ts';

export async function run({ host, out }: ConfigContext, { operands: [key] }: Flags): Promise<number> {
  const path = parseKeyPath(key!);
  const found = findSpec(path);
  if (found === undefined) throw new RosError('no-such-key', `no such key: ${key!}`, { hint: 'all keys: docs/reference/cloud-config.md' });
  const { config, tree } = await loadEverything(host);
  const node = getNode(tree, path);
  const place = node === undefined ? undefined : placeOf(node.source, node.offset);
  const { spec } = found;
  const value = spec?.secret === undefined ? (await renderValue(valueAt(dropSecrets(config, false), path))).trimEnd() : '(not shown)';
  const lines: readonly (readonly [title: string, text: string | undefined])[] = [
    ['value', value === '' ? '(none)' : value.replaceAll('\n', '\n           ')],
    ['from', place === undefined ? 'default' : [place.source, place.line, place.column].filter((part) => part !== undefined).join(':')],
    ['default', spec?.default === undefined ? undefined : JSON.stringify(spec.default)],
    ['type', found.type],
    ['acts', describeWhen(spec)],
    ['meaning', spec?.meaning],
  ];
  out(`${path.join('.')}\n${lines.flatMap(([title, text]) => (text === undefined ? [] : [`  ${`${title}:`.padEnd(9)}${text}\n`])).join('')}`);
  return 0;
}

function describeWhen(spec: KeySpec | undefined): string | undefined {
  if (spec === undefined) return undefined;
  if (spec.ignored !== undefined) return `never: ${spec.ignored}`;
  if (spec.works !== true) return 'not in this version yet';
  return { once: 'once', boot: 'at the next boot', apply: 'with ros config apply, or at the next boot', now: 'at once' }[spec.when];
}
