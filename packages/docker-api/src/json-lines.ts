// Streams of JSON values, one a line: events, and the progress of pulls and loads.

import { messageOf, RosError } from '@drover/core';
import type { ByteSource } from '@drover/host';
import { readLines } from '@drover/host';

/** Throws `json-syntax`. Empty lines are skipped. */
export async function* readJsonLines<T>(source: ByteSource): AsyncGenerator<T> {
  for await (const line of readLines(source)) {
    if (line.trim() !== '') yield parseLine(line) as T;
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new RosError('json-syntax', `not JSON: ${line.slice(0, 80)}: ${messageOf(error)}`);
  }
}
