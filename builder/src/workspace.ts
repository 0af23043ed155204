// Where things are: the repository, the cache, the products.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';

export type Architecture = 'amd64' | 'arm64';

export interface Workspace {
  readonly root: string;
  /** Everything that can be built again. */
  readonly cache: string;
  /** Products for users: dist/<arch>/. */
  readonly dist: string;
  readonly architecture: Architecture;
}

export function openWorkspace(root: string | undefined = process.env['DROVER_ROOT']): Workspace {
  if (root === undefined) throw new RosError('no-root', 'DROVER_ROOT is not set', { hint: 'start this program through ./dev' });
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const dist = join(root, 'dist', architecture);
  const cache = join(root, '.cache');
  mkdirSync(dist, { recursive: true });
  mkdirSync(cache, { recursive: true });
  return { root, cache, dist, architecture };
}
