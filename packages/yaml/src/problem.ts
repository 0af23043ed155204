// What can be wrong with a text that should be YAML. Collected, never thrown.

import type { Problem } from '@drover/core';

export type YamlProblemCode =
  // nothing of the text is used
  | 'yaml-syntax'
  | 'too-large'
  | 'too-deep'
  | 'too-many-values'
  // it is used all the same
  | 'several-documents'
  | 'duplicate-key';

export interface YamlProblem extends Problem {
  readonly code: YamlProblemCode;
  /** What was written there, cut short; left out where it may be a secret. */
  readonly text?: string;
}
