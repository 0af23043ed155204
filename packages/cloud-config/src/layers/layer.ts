// One source of configuration: a file, user-data, the kernel command line.

import type { MapNode } from '@drover/yaml';
import type { ConfigProblem } from '../problem.ts';

export interface Layer {
  /** A path, or a name such as "kernel command line". */
  readonly name: string;
  /** Checked: without the values that were wrong. Empty when the text could not be read at all. */
  readonly tree: MapNode;
  readonly problems: readonly ConfigProblem[];
}
