// YAML as configuration files use it, with the meaning that Go's yaml.v2 gives it. Written for this use because the
// general library costs twenty times as much in QuickJS (docs/decisions/yaml-reader.md). Leaves out keys in the long
// form (? KEY) and collections as keys; says so when it meets them.

import { isControl, mayBeSecret, quoteText } from '@drover/core';
import type { YamlProblem } from '../problem.ts';
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
  readonly problems: readonly YamlProblem[];
}

export interface YamlDocuments {
  /** Empty when the text is not YAML; then there is exactly one error among the problems. */
  readonly documents: readonly ConfigNode[];
  readonly problems: readonly YamlProblem[];
}

export interface ParseOptions {
  /** Tags (`!reset`) that the nodes behind them keep, and that may stand without a value. */
  readonly tags?: readonly string[];
}

/** The first document. Never throws. Line breaks must be "\n". */
export function parseYaml(text: string, name: string, options: ParseOptions = {}): YamlResult {
  const { read, problems } = parse(text, name, options, (cursor) => {
    const root = readDocument(cursor);
    return { value: root, problems: [...duplicates(cursor), ...rest(cursor)] };
  });
  return { root: read, problems };
}

/** All documents between `---` lines. Never throws. Line breaks must be "\n". */
export function parseDocuments(text: string, name: string, options: ParseOptions = {}): YamlDocuments {
  const { read, problems } = parse(text, name, options, (cursor) => {
    const documents: ConfigNode[] = [];
    do {
      documents.push(readDocument(cursor));
      skipDocumentEnds(cursor);
    } while (cursor.at < cursor.text.length);
    return { value: documents, problems: duplicates(cursor) };
  });
  return { documents: read ?? [], problems };
}

type Reader<T> = (cursor: Cursor) => { readonly value: T; readonly problems: readonly YamlProblem[] };

function parse<T>(text: string, name: string, options: ParseOptions, read: Reader<T>): { readonly read: T | undefined; readonly problems: readonly YamlProblem[] } {
  const lineStarts = findLines(text);
  if (lineStarts === undefined) {
    return { read: undefined, problems: [{ code: 'too-large', severity: 'error', message: `more than ${LINE_LIMIT} lines`, source: name }] };
  }
  const source: Source = { name, lineStarts };
  const cursor = new Cursor(text, source, options.tags);
  try {
    checkCharacters(cursor);
    const { value, problems } = read(cursor);
    return { read: value, problems };
  } catch (error) {
    if (!(error instanceof YamlStop)) throw error;
    const place = placeOf(source, error.offset);
    const line = lineOf(text, error.offset);
    return {
      read: undefined,
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
  // What is allowed, from the start: QuickJS takes a third of the time of a search for what is not.
  // eslint-disable-next-line no-control-regex
  const at = /^[^\u0000-\u0008\u000b-\u001f\u007f]*/.exec(cursor.text)![0].length;
  if (at < cursor.text.length) cursor.stop(`the character ${quoteText(cursor.text[at]!)} cannot stand in a text`, 'is this a text file?', at);
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
function rest(cursor: Cursor): YamlProblem[] {
  for (cursor.skipToContent(); cursor.ended && cursor.at < cursor.text.length; cursor.skipToContent()) {
    cursor.at += 3;
    cursor.skipBlanks();
    cursor.ended = false;
  }
  if (cursor.at >= cursor.text.length) return [];
  return [{ code: 'several-documents', severity: 'warning', message: 'only the part above --- or ... is used', ...placeOf(cursor.source, cursor.at) }];
}

/** Over `...` to the `---` of the next document, or to the end of the text. */
function skipDocumentEnds(cursor: Cursor): void {
  cursor.forgetAnchors();
  for (cursor.skipToContent(); cursor.ended && cursor.text.startsWith('...', cursor.at); cursor.skipToContent()) {
    cursor.at += 3;
    cursor.skipBlanks();
    cursor.ended = false;
  }
}

function duplicates(cursor: Cursor): YamlProblem[] {
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
