// `include`: other projects' files, read with their own folder and their own .env, whose services become ours.

import { dirname, join, resolvePath } from '@drover/core';
import type { ConfigNode, MapEntry, MapNode } from '@drover/yaml';
import { placeOf, toValue } from '@drover/yaml';
import { SECTIONS } from '../schema/project-keys.ts';
import { child, childText, mapNode, withKey } from './nodes.ts';
import { ENV_FILE } from '../names.ts';
import { readEnvFiles } from './read-env-files.ts';
import type { ReadContext } from './read-context.ts';
import { readNamedFile } from './read-context.ts';
import type { TextFile } from './text-file.ts';

export interface Included {
  readonly tree: MapNode;
  readonly imported: readonly MapNode[];
}

/** Reads a whole project's files. */
type ReadFiles = (context: ReadContext, files: readonly TextFile[]) => MapNode;

/** What is defined here and there is an error, unless both are equal. */
export function applyIncludes(context: ReadContext, file: string, tree: MapNode, read: ReadFiles): Included {
  const include = child(tree, 'include');
  if (include?.kind !== 'list') return { tree: withKey(tree, 'include', undefined), imported: [] };
  const imported: MapNode[] = [];
  const inner: ReadContext = { ...context, including: [...context.including, file] };
  for (const item of include.items) {
    const one = readInclude(inner, item, read);
    if (one !== undefined) imported.push(withoutConflicts(context, one, [tree, ...imported], item));
  }
  return { tree: withKey(tree, 'include', undefined), imported };
}

function readInclude(context: ReadContext, item: ConfigNode, readAll: ReadFiles): MapNode | undefined {
  const paths = textsOf(child(item, 'path'));
  const directory = childText(item, 'project_directory');
  const files: TextFile[] = [];
  let folder = directory === undefined ? undefined : resolvePath(context.folder ?? '.', directory);
  for (const path of paths) {
    const read = readNamedFile(context, path, item);
    if (read === undefined) return undefined;
    if (context.including.includes(read.file.name)) {
      context.problems.push({ code: 'include-cycle', severity: 'error', message: `include cycle detected: ${[...context.including, read.file.name].join(' includes ')}`, ...placeOf(item.source, item.offset) });
      return undefined;
    }
    folder ??= dirname(read.file.name);
    files.push(read.file);
  }
  if (folder === undefined) return undefined;
  const named = textsOf(child(item, 'env_file')).map((path) => resolvePath(context.folder ?? '.', path));
  const envFiles = named.length > 0 ? named : [join(folder, ENV_FILE)].filter((path) => context.host.files.exists(path));
  const environment = readEnvFiles(context.host, envFiles, context.environment, context.problems);
  return readAll({ ...context, environment, folder }, files);
}

function withoutConflicts(context: ReadContext, tree: MapNode, others: readonly MapNode[], item: ConfigNode): MapNode {
  let out = withKey(tree, 'name', undefined);
  for (const section of SECTIONS) {
    const own = child(tree, section);
    if (own?.kind !== 'map') continue;
    const entries = new Map<string, MapEntry>();
    for (const [name, entry] of own.entries) {
      const other = others.map((one) => child(child(one, section), name)).find((one) => one !== undefined);
      if (other === undefined) entries.set(name, entry);
      else if (JSON.stringify(toValue(other)) !== JSON.stringify(toValue(entry.node))) {
        context.problems.push({ code: 'include-conflict', severity: 'error', message: `${section}.${name} conflicts with imported resource`, ...placeOf(item.source, item.offset), key: `${section}.${name}` });
      }
    }
    out = withKey(out, section, mapNode(entries, own));
  }
  return out;
}

function textsOf(node: ConfigNode | undefined): string[] {
  return node?.kind === 'list' ? node.items.flatMap((one) => (one.kind === 'scalar' ? [one.text] : [])) : [];
}
