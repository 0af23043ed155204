// The build products as files. Other programs rely on these names (docs/architecture.md).

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import type { Workspace } from '@drover/builder';
import { KERNEL_HEADER_BYTES, kernelFault } from './kernel-file.ts';

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
  const kernel = at('vmlinuz');
  const fault = kernelFault(readHeader(kernel), statSync(kernel).size);
  if (fault !== undefined) throw new RosError('bad-kernel', `dist/${workspace.architecture}/vmlinuz ${fault}`, { hint: './dev clean, then ./dev build makes it anew' });
  return { kernel, initrd: at('initrd'), rootfs: at('rootfs.squashfs'), iso: at('drover.iso'), sizes: at('sizes.json') };
}

function readHeader(file: string): Uint8Array {
  const header = new Uint8Array(KERNEL_HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    return header.subarray(0, readSync(descriptor, header));
  } finally {
    closeSync(descriptor);
  }
}
