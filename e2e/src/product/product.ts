// The build products as files. Other programs rely on these names (docs/architecture.md).

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Workspace } from '@drover/builder';

export interface Product {
  readonly kernel: string;
  readonly initrd: string;
  readonly rootfs: string;
  readonly iso: string;
  /** DownloadSizes as JSON. */
  readonly sizes: string;
}

export function locateProduct(workspace: Workspace): Product {
  const at = (name: string): string => {
    const path = join(workspace.dist, name);
    if (!existsSync(path)) throw new RosError('no-product', `dist/${workspace.architecture}/${name} is missing`, { hint: 'run ./dev build' });
    return path;
  };
  return { kernel: at('vmlinuz'), initrd: at('initrd'), rootfs: at('rootfs.squashfs'), iso: at('drover.iso'), sizes: at('sizes.json') };
}
