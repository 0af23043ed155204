// What a user can get wrong in a compose file. Collected, never thrown.

import type { Problem } from '@drover/core';
import type { YamlProblemCode } from '@drover/yaml';

export type ComposeProblemCode =
  | YamlProblemCode
  // files
  | 'unreadable'
  | 'no-file'
  | 'empty-file'
  | 'include-cycle'
  | 'include-conflict'
  | 'bad-env-file'
  | 'bad-name'
  // interpolation
  | 'bad-variable'
  | 'required-variable'
  | 'unset-variable'
  // one key
  | 'unknown-key'
  | 'wrong-type'
  | 'bad-value'
  | 'missing-key'
  | 'non-unique'
  | 'obsolete'
  // what belongs together
  | 'bad-extends'
  | 'no-image'
  | 'exclusive-keys'
  | 'undefined-reference'
  | 'dependency-cycle';

export interface ComposeProblem extends Problem {
  readonly code: ComposeProblemCode;
  /** The service that it is about: in the lenient mode the others go on without it. */
  readonly service?: string;
}
