// `docker import`: a file system as an archive becomes an image of one layer.

import { join } from '@drover/core';
import { pump } from '@drover/host';
import type { ByteSource } from '@drover/host';
import type { Engine } from '../engine.ts';
import { removeTree } from '../storage/trees.ts';
import { addImage } from './add-image.ts';
import { applyChange } from './dockerfile-changes.ts';
import { architectureOf } from './image-config.ts';
import type { ImageConfig } from './image-config.ts';
import { unfinishedName } from './image-files.ts';
import { importLayer } from './import-layer.ts';
import type { Image } from './image-store.ts';

export interface ImportOptions {
  readonly message: string;
  /** Lines of a Dockerfile. */
  readonly changes: readonly string[];
}

export async function importImage(engine: Engine, archive: ByteSource, { message, changes }: ImportOptions): Promise<Image> {
  const { host, paths } = engine;
  const config = changes.reduce(applyChange, {});
  const file = join(paths.temporary, unfinishedName(host));
  try {
    host.files.write(file, '', { mode: 0o600 });
    const sink = host.children.sink(host.children.openDescriptor(file, 'write'));
    try {
      await pump(archive, sink);
    } finally {
      sink.close();
    }
    const diffId = await importLayer(engine, file, undefined);
    const created = new Date(host.clock.now()).toISOString();
    const image: ImageConfig = {
      architecture: architectureOf(host.kernel.machine), os: 'linux', created, comment: message || 'Imported from -', config,
      rootfs: { type: 'layers', diff_ids: [diffId] }, history: [{ created, comment: message || 'Imported from -' }],
    };
    return addImage(engine, JSON.stringify(image));
  } finally {
    await removeTree(host, file);
  }
}
