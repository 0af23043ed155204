// What has to be downloaded, and which part of it is whose.

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { RosError } from '@drover/core';
import type { Product } from '@drover/e2e';

export interface Sizes {
  readonly iso: number;
  readonly initrd: number;
  readonly rootfs: number;
  readonly kernel: number;
  readonly modules: number;
  readonly engine: number;
  /** The ISO without kernel, modules and Docker engine. */
  readonly rest: number;
}

/** The chain of squashfs images in rootfs.squashfs, in the order in which the builder joins them. */
const PARTS = ['system', 'engine', 'modules', 'ros'] as const;
const ALIGNMENT = 4096;
const MAGIC = 'hsqs';
/** `bytes_used` of the superblock (kernel: Documentation/filesystems/squashfs.rst). */
const BYTES_USED = 40;

export function measureSizes(product: Product): Sizes {
  const size = (file: string): number => statSync(file).size;
  const parts = readParts(product.rootfs);
  const kernel = size(product.kernel);
  const iso = size(product.iso);
  return {
    iso, kernel,
    initrd: size(product.initrd),
    rootfs: size(product.rootfs),
    modules: parts.get('modules')!,
    engine: parts.get('engine')!,
    rest: iso - kernel - parts.get('modules')! - parts.get('engine')!,
  };
}

function readParts(file: string): Map<(typeof PARTS)[number], number> {
  const fd = openSync(file, 'r');
  const sizes = new Map<(typeof PARTS)[number], number>();
  try {
    let at = 0;
    for (const name of PARTS) {
      const header = Buffer.alloc(BYTES_USED + 8);
      if (readSync(fd, header, 0, header.length, at) < header.length || header.toString('latin1', 0, 4) !== MAGIC) {
        throw new RosError('bench', `${file} has no part ${name} at byte ${at}`);
      }
      const used = Number(header.readBigUInt64LE(BYTES_USED));
      sizes.set(name, used);
      at += Math.ceil(used / ALIGNMENT) * ALIGNMENT;
    }
    return sizes;
  } finally {
    closeSync(fd);
  }
}
