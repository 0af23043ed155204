// Shapes that several objects share.

import type { ConfigNode } from '@drover/yaml';
import { childText } from '../load/nodes.ts';
import { commandWords, listOfOne, textFor } from './long-forms.ts';
import type { DictShape, ListShape, MappingShape } from './shape.ts';
import { dict, integer, kept, list, object, text } from './shape.ts';

export const itself = (item: ConfigNode): string => (item.kind === 'scalar' ? item.text : '');
/** What stands before an equals sign. */
const beforeEquals = (item: ConfigNode): string => itself(item).split('=', 1)[0]!;
export const target = (item: ConfigNode): string => childText(item, 'target') ?? childText(item, 'source') ?? '';
/** Of a mounted file: without a target it has the name of its source in a folder. */
export const targetBelow = (folder: string) => (item: ConfigNode): string => childText(item, 'target') ?? `${folder}/${childText(item, 'source') ?? ''}`;

/** `KEY`: its value comes from the environment. */
export const environment: MappingShape = { kind: 'mapping', bare: 'null' };
export const labels: MappingShape = { kind: 'mapping', bare: 'empty' };
export const texts: ListShape = list(text);
export const uniqueTexts: ListShape = list(text, { identity: beforeEquals });
export const oneOrMore: ListShape = list(text, { identity: beforeEquals, long: listOfOne });

export const COMMAND: ListShape = list(text, { long: commandWords, replace: true, kept: true, jsonNull: true });

export const FILE_MOUNTS: ListShape = list(
  object({ source: text, target: text, uid: text, gid: text, mode: kept(integer) }, { long: textFor('source') }),
  { identity: targetBelow('') },
);

export const ULIMITS: DictShape = dict(object({ soft: kept(integer), hard: kept(integer) }, { required: ['soft', 'hard'], or: integer, mergeable: () => false }));
