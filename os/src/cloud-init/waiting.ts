// What PID 1 leaves to the service cloud-init: datasources of the network, and user-data whose includes are to be
// fetched. There is such a file only when there is something to do.

import { encodeBase64, decodeBase64 } from '@drover/core';
import type { Files } from '@drover/host';
import type { SourceName } from './datasource.ts';

export const WAITING_FILE = '/run/ros/cloud-init.json';

export interface Waiting {
  readonly sources: readonly SourceName[];
  readonly includes?: { readonly source: string; readonly userData: Uint8Array };
}

export function writeWaiting(files: Pick<Files, 'write'>, { sources, includes }: Waiting): void {
  const text = JSON.stringify({ sources, ...(includes && { includes: { source: includes.source, userData: encodeBase64(includes.userData) } }) });
  files.write(WAITING_FILE, text, { mode: 0o600 });
}

/** Undefined when nothing waits. */
export function readWaiting(files: Pick<Files, 'readTextIfPresent'>): Waiting | undefined {
  const text = files.readTextIfPresent(WAITING_FILE);
  if (text === undefined) return undefined;
  const { sources, includes } = JSON.parse(text) as { sources: SourceName[]; includes?: { source: string; userData: string } };
  return { sources, ...(includes && { includes: { source: includes.source, userData: decodeBase64(includes.userData)! } }) };
}
