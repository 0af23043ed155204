// A compose file as a tree, or why it is none.

import { codeOf, messageOf } from '@drover/core';
import type { Host } from '@drover/host';
import type { MapNode } from '@drover/yaml';
import { kindOf, placeOf } from '@drover/yaml';
import { parseDocuments } from '@drover/yaml/read';
import type { ComposeProblem } from '../problem.ts';
import { OVERRIDE, RESET } from './nodes.ts';

export interface TextFile {
  /** An absolute path, or a name for text from elsewhere. */
  readonly name: string;
  readonly text: string;
}

export function readTextFile(host: Pick<Host, 'files'>, name: string, problems: ComposeProblem[]): TextFile | undefined {
  try {
    const text = host.files.readTextIfPresent(name);
    if (text !== undefined) return { name, text };
    problems.push({ code: 'no-file', severity: 'error', message: 'there is no such file', source: name });
  } catch (error) {
    problems.push({ code: 'unreadable', severity: 'error', message: `this file cannot be read: ${codeOf(error) ?? messageOf(error)}`, source: name });
  }
  return undefined;
}

/** Its documents are merged as files would be. */
export function parseTextFile(file: TextFile, problems: ComposeProblem[]): readonly MapNode[] {
  const { documents, problems: found } = parseDocuments(file.text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'), file.name, { tags: [RESET, OVERRIDE] });
  // A key that stands twice is refused by Docker Compose.
  problems.push(...found.map((one): ComposeProblem => (one.code === 'duplicate-key' ? { ...one, severity: 'error' } : one)));
  const maps: MapNode[] = [];
  for (const document of documents) {
    if (document.kind === 'map') maps.push(document);
    else if (document.kind === 'scalar' && document.value === null) continue;
    else problems.push({ code: 'wrong-type', severity: 'error', message: `Top level object must be a mapping, not ${kindOf(document)}`, ...placeOf(document.source, document.offset) });
  }
  if (maps.length === 0 && !problems.some((one) => one.severity === 'error' && one.source === file.name)) {
    problems.push({ code: 'empty-file', severity: 'error', message: 'this file is empty', source: file.name });
  }
  return maps;
}
