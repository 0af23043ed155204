// YAML as configuration files use it, with the meaning that Go's yaml.v2 gives it. Written for this use because the
// general library costs twenty times as much in QuickJS (docs/decisions/yaml-reader.md). Leaves out keys in the long
// form (? KEY) and collections as keys; says so when it meets them.

import type { ConfigProblem } from '../problem.ts';
import { isControl, mayBeSecret, quoteText } from '../problem.ts';
import type { ConfigNode, Source } from '../tree/node.ts';
import { placeOf } from '../tree/node.ts';
import { Cursor, YamlStop } from './cursor.ts';
import { readBlockNode } from './read-block.ts';
import { makeEmpty } from './read-scalars.ts';

/** More lines than any configuration has. */
const LINE_LIMIT = 50_000;

export interface YamlResult {
  /** Undefined when the text is not YAML; then there is exactly one error among the problems. */
  readonly root: ConfigNode | undefined;
  readonly problems: readonly ConfigProblem[];
}

/** Never throws. Line breaks must be "\n". */
export function parseYaml(text: string, name: string): YamlResult {
  const lineStarts = findLines(text);
  if (lineStarts === undefined) {
    return { root: undefined, problems: [{ code: 'too-large', severity: 'error', message: `more than ${LINE_LIMIT} lines`, source: name }] };
  }
  const source: Source = { name, lineStarts };
  const cursor = new Cursor(text, source);
  try {
    checkCharacters(cursor);
    const root = readDocument(cursor);
    return { root, problems: [...duplicates(cursor), ...rest(cursor)] };
  } catch (error) {
    if (!(error instanceof YamlStop)) throw error;
    const place = placeOf(source, error.offset);
    const line = lineOf(text, error.offset);
    return {
      root: undefined,
      problems: [{ code: error.code, severity: 'error', message: error.message, ...place, ...(error.hint === undefined ? {} : { hint: error.hint }), ...(line === '' ? {} : { text: line }) }],
    };
  }
}

function findLines(text: string): number[] | undefined {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (starts.length >= LINE_LIMIT) return undefined;
    starts.push(at + 1);
  }
  return starts;
}

/** YAML allows no control characters; a file that has some was not meant to be one. */
function checkCharacters(cursor: Cursor): void {
  // eslint-disable-next-line no-control-regex
  const at = cursor.text.search(/[\u0000-\u0008\u000b-\u001f\u007f]/);
  if (at >= 0) cursor.stop(`the character ${quoteText(cursor.text[at]!)} cannot stand in a text`, 'is this a text file?', at);
}

function readDocument(cursor: Cursor): ConfigNode {
  cursor.skipToContent();
  // %YAML and %TAG change nothing here.
  while (!cursor.ended && cursor.column === 0 && cursor.text[cursor.at] === '%') {
    cursor.nextLine();
    cursor.skipToContent();
  }
  if (cursor.ended && cursor.text.startsWith('---', cursor.at)) {
    cursor.at += 3;
    cursor.skipBlanks();
    cursor.ended = false;
    if (cursor.atLineEnd()) cursor.skipToContent();
  }
  if (cursor.ended) return makeEmpty(cursor, cursor.at);
  const root = readBlockNode(cursor, -1);
  if (!cursor.ended) cursor.stop('this line does not line up with the lines above', 'indent it exactly as the keys or hyphens it belongs with');
  return root;
}

/** What stands behind the first document. */
function rest(cursor: Cursor): ConfigProblem[] {
  for (cursor.skipToContent(); cursor.ended && cursor.at < cursor.text.length; cursor.skipToContent()) {
    cursor.at += 3;
    cursor.skipBlanks();
    cursor.ended = false;
  }
  if (cursor.at >= cursor.text.length) return [];
  return [{ code: 'several-documents', severity: 'warning', message: 'only the part above --- or ... is used', ...placeOf(cursor.source, cursor.at) }];
}

function duplicates(cursor: Cursor): ConfigProblem[] {
  return cursor.duplicates.slice(0, 20).map(({ key, offset, first }) => ({
    code: 'duplicate-key',
    severity: 'warning',
    message: `the key ${quoteText(key)} stands here a second time, and the one of line ${placeOf(cursor.source, first).line ?? 0} is not used`,
    ...placeOf(cursor.source, offset),
    hint: 'put what belongs together under one of them',
  }));
}

/** The line, unless it may hold a secret. */
function lineOf(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, Math.min(end < 0 ? text.length : end, start + 60)).trim();
  return mayBeSecret(line) || Array.from(line).some(isControl) ? '' : line;
}
