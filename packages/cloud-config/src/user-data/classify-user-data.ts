// What kind of user-data a datasource gave, by its first line.

import { decodeUtf8, mayBeSecret, quoteText } from '@drover/core';
import type { ConfigProblem } from '../problem.ts';
import { isGzip } from '../text/decode-text.ts';

export type UserDataKind = 'cloud-config' | 'script' | 'compose' | 'gzip' | 'multipart' | 'include' | 'empty' | 'unknown';

export interface UserData {
  readonly kind: UserDataKind;
  /** Where it came from, for messages. */
  readonly source: string;
  readonly bytes: Uint8Array;
}

export interface ClassifiedUserData {
  readonly userData: UserData;
  /** Says so when nothing will be done with it. */
  readonly problems: readonly ConfigProblem[];
}

export function classifyUserData(bytes: Uint8Array, source: string): ClassifiedUserData {
  const head = decodeUtf8(bytes.slice(0, 256));
  const kind = kindOfUserData(bytes, head);
  return { userData: { kind, source, bytes }, problems: problemsOf(kind, head, source) };
}

function kindOfUserData(bytes: Uint8Array, head: string): UserDataKind {
  if (isGzip(bytes)) return 'gzip';
  if (bytes.length <= 256 && head.trim() === '') return 'empty';
  const line = firstLine(head);
  if (line.startsWith('#!')) return 'script';
  if (line === '#cloud-config') return 'cloud-config';
  if (line === '#compose') return 'compose';
  if (line.startsWith('#include')) return 'include';
  if (/^(content-type:\s*multipart\/|mime-version:)/i.test(line)) return 'multipart';
  return 'unknown';
}

function firstLine(head: string): string {
  return head.split('\n', 1)[0]!.trimEnd();
}

function problemsOf(kind: UserDataKind, head: string, source: string): ConfigProblem[] {
  if (kind !== 'unknown') return [];
  const line = firstLine(head);
  const begins = mayBeSecret(line) ? '' : `: it begins with ${quoteText(line)}`;
  const hint = /^#\s*cloud[-_ ]?config/i.test(line) ? 'write the first line exactly as #cloud-config' : 'begin it with the line #cloud-config, or with #! for a script';
  return [{ code: 'unrecognized-user-data', severity: 'error', message: `Unrecognized user-data, left out${begins}`, source, line: 1, column: 1, hint }];
}
