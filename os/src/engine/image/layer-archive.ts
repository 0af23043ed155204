// A layer as the archive that it was, or, of an image of the operating system, as one that it could have been.

import type { ArchiveJob } from '../archive/archive-job.ts';
import type { JobStreams, RunningJob } from '../archive/run-archive-job.ts';
import { startArchiveJob } from '../archive/run-archive-job.ts';
import type { Engine } from '../engine.ts';
import type { ImageConfig } from './image-config.ts';
import type { Image } from './image-store.ts';

export interface LayerArchive {
  readonly diffId: string;
  readonly sizeBytes: number;
}

/** Of the layer at `index`. Resolves when it is written to where `streams` say. */
export async function writeLayerArchive(engine: Engine, image: Image, index: number, streams: JobStreams): Promise<LayerArchive> {
  const diffId = image.diffIds?.[index];
  const { imageFiles } = engine;
  const how: ArchiveJob = diffId === undefined
    ? { kind: 'pack', place: { folder: image.layers[index]! }, path: '/', name: '', layer: true }
    : { kind: 'assemble', folder: imageFiles.contentFolder(diffId), journal: imageFiles.journalPath(diffId) };
  return finishArchive(startArchiveJob(engine, how, streams));
}

export async function finishArchive(job: RunningJob): Promise<LayerArchive> {
  job.input.close();
  job.output.close();
  const { sha256, archiveBytes: sizeBytes } = await job.done();
  return { diffId: `sha256:${sha256}`, sizeBytes };
}

/** The configuration as it is kept; of an image of the operating system, one for the digests that its layers have as archives. */
export function configurationOf({ imageFiles }: Engine, image: Image, diffIds: readonly string[]): string {
  const stored = imageFiles.readConfig(image.id);
  if (stored !== undefined) return stored;
  const { architecture, createdAt: created, config } = image;
  const made: ImageConfig = { architecture, os: 'linux', created, config, rootfs: { type: 'layers', diff_ids: diffIds }, history: diffIds.map(() => ({ created })) };
  return JSON.stringify(made);
}
