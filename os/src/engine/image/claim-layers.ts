// Layers that are being fetched or loaded belong to no image yet: who works on them claims them, so that nobody removes
// them meanwhile. What has neither a claim nor an image in the end goes.

import type { Engine } from '../engine.ts';
import { removeTree } from '../storage/trees.ts';

/** By digest: how many work on it. */
export type LayerClaims = Map<string, number>;

export async function withClaimedLayers<T>(engine: Engine, diffIds: readonly string[], work: () => Promise<T>): Promise<T> {
  const { layerClaims: claims } = engine;
  for (const diffId of diffIds) claims.set(diffId, (claims.get(diffId) ?? 0) + 1);
  try {
    return await work();
  } finally {
    for (const diffId of diffIds) {
      const left = (claims.get(diffId) ?? 1) - 1;
      if (left > 0) claims.set(diffId, left);
      else claims.delete(diffId);
    }
    for (const diffId of new Set(diffIds)) await removeIfUnused(engine, diffId);
  }
}

/** Whether it is gone. */
export function removeIfUnused(engine: Engine, diffId: string): Promise<boolean> {
  return engine.locks.run(diffId, async () => {
    if (engine.layerClaims.has(diffId) || engine.images.list().some((image) => image.diffIds?.includes(diffId) === true)) return false;
    await removeTree(engine.host, engine.imageFiles.layerFolder(diffId));
    return true;
  });
}
