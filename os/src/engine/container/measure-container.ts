// What a container's file system takes on disk: its own layer, and all of it.

import type { Engine } from '../engine.ts';
import { overlayFolders } from '../storage/overlay.ts';
import { measureTree } from '../storage/trees.ts';
import type { Container } from './container.ts';

export interface ContainerSizes {
  readonly SizeRw: number;
  readonly SizeRootFs: number;
}

export async function measureContainer({ host, paths, images }: Engine, { id, record }: Container): Promise<ContainerSizes> {
  const own = await measureTree(host, overlayFolders(paths, id).upper);
  return { SizeRw: own, SizeRootFs: (images.get(record.imageId)?.sizeBytes ?? 0) + own };
}
