// One file in long form: parsed, interpolated, checked.

import type { MapNode } from '@drover/yaml';
import { PROJECT } from '../schema/project-keys.ts';
import { Canonical } from '../validate/canonical.ts';
import { interpolate } from './interpolate.ts';
import { withKey } from './nodes.ts';
import { formatOf, modernize } from './older-format.ts';
import type { ReadContext } from './read-context.ts';
import { lookupIn } from './read-context.ts';
import type { TextFile } from './text-file.ts';
import { parseTextFile } from './text-file.ts';

/** Its documents, still with their `extends` and `include`. */
export function readDocuments(context: ReadContext, file: TextFile): MapNode[] {
  return parseTextFile(file, context.problems).flatMap((document) => {
    const written = context.interpolate ? interpolate(document, lookupIn(context.environment), context.problems) : document;
    if (written.kind !== 'map') return [];
    const format = formatOf(written);
    const canonical = new Canonical({ folder: context.folder, home: context.home, uniqueItems: format === '1' || format === '2' });
    const version = written.entries.get('version');
    if (version !== undefined) canonical.report('obsolete', 'the attribute `version` is obsolete, it will be ignored', { source: version.node.source, offset: version.offset }, 'remove it', 'warning');
    const tree = canonical.convert(modernize(withKey(written, 'version', undefined), format, context.problems), PROJECT);
    context.problems.push(...canonical.problems);
    return tree?.kind === 'map' ? [tree] : [];
  });
}
