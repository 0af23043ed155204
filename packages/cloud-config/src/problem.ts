// What a user can get wrong in a cloud-config, a kernel word or user-data. Collected, never thrown.

import type { Problem } from '@drover/core';
import type { YamlProblemCode } from '@drover/yaml';

export type ProblemCode =
  // the text as a whole: nothing of it is used
  | YamlProblemCode
  | 'unreadable'
  | 'not-text'
  | 'not-cloud-config'
  // the text as a whole: it is used all the same
  | 'crlf'
  | 'invalid-utf8'
  | 'more-problems'
  // one key
  | 'bad-key'
  | 'unknown-key'
  | 'respelled-key'
  | 'wrong-type'
  | 'missing-value'
  | 'bad-value'
  | 'doubtful-value'
  | 'not-yet'
  | 'ignored-key'
  // user-data and metadata
  | 'unrecognized-user-data'
  | 'unsupported-user-data'
  | 'bad-metadata';

export interface ConfigProblem extends Problem {
  readonly code: ProblemCode;
  /** What was written there, cut short; left out where it may be a secret. */
  readonly text?: string;
}
