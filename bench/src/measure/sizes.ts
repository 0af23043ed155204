// What has to be downloaded, and which part of it is whose.

import { readFileSync, statSync } from 'node:fs';
import type { DownloadSizes } from '@drover/builder';
import type { Product } from '@drover/e2e';

export interface Sizes {
  readonly iso: number;
  readonly initrd: number;
  readonly rootfs: number;
  readonly kernel: number;
  /** Those of the initrd too. */
  readonly modules: number;
  readonly engine: number;
  /** The ISO without kernel, modules and Docker engine. */
  readonly rest: number;
}

export function measureSizes(product: Product): Sizes {
  const size = (file: string): number => statSync(file).size;
  const { iso, kernel, initrd, rootfs } = JSON.parse(readFileSync(product.sizes, 'utf8')) as DownloadSizes;
  const modules = initrd.modules + rootfs.modules;
  return { iso, kernel, modules, engine: rootfs.engine, initrd: size(product.initrd), rootfs: size(product.rootfs), rest: iso - kernel - modules - rootfs.engine };
}
