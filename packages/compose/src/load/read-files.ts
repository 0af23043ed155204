// From the files of one project, or of one include, to one tree in long form. What a file extends and includes comes
// before it is merged with the files before it, because its `!reset` is about those.

import type { MapNode } from '@drover/yaml';
import { emptyTree } from '@drover/yaml';
import { PROJECT } from '../schema/project-keys.ts';
import { applyExtends } from './apply-extends.ts';
import { applyIncludes } from './apply-includes.ts';
import { mergeNodes } from './merge-nodes.ts';
import type { ReadContext } from './read-context.ts';
import { readDocuments } from './read-documents.ts';
import type { TextFile } from './text-file.ts';

export function readFiles(context: ReadContext, files: readonly TextFile[]): MapNode {
  let merged: MapNode = emptyTree({ name: files[0]?.name ?? '' });
  for (const file of files) {
    for (const document of readDocuments(context, file)) {
      const extended = applyExtends(context, file.name, document);
      const { tree, imported } = applyIncludes(context, file.name, extended, readFiles);
      for (const one of imported) merged = merge(merged, one);
      merged = merge(merged, tree);
    }
  }
  return merged;
}

function merge(base: MapNode, over: MapNode): MapNode {
  const merged = mergeNodes(base, over, PROJECT);
  return merged?.kind === 'map' ? merged : base;
}
