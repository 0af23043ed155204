// `docker commit`: what a container has changed becomes a layer on those of its image, and the whole an image.

import { join } from '@drover/core';
import type { ContainerConfig } from '@drover/docker-api';
import { startArchiveJob } from '../archive/run-archive-job.ts';
import type { Container } from '../container/container.ts';
import { pauseContainer, unpauseContainer } from '../container/stop-container.ts';
import { requireImage } from '../container/start-container.ts';
import type { Engine } from '../engine.ts';
import { overlayFolders } from '../storage/overlay.ts';
import { removeTree } from '../storage/trees.ts';
import { addImage } from './add-image.ts';
import { removeIfUnused } from './claim-layers.ts';
import { applyChange } from './dockerfile-changes.ts';
import type { ImageConfig } from './image-config.ts';
import { architectureOf } from './image-config.ts';
import { unfinishedName } from './image-files.ts';
import type { Image } from './image-store.ts';
import { importLayer } from './import-layer.ts';
import { configurationOf, finishArchive, writeLayerArchive } from './layer-archive.ts';

export interface CommitOptions {
  readonly author: string;
  readonly comment: string;
  /** Of a running container, so that its files belong together. */
  readonly pause: boolean;
  /** Lines of a Dockerfile. */
  readonly changes: readonly string[];
  /** What the image shall say instead of the container. */
  readonly config: ContainerConfig;
}

export async function commitContainer(engine: Engine, container: Container, options: CommitOptions): Promise<Image> {
  const { host, paths } = engine;
  const config = options.changes.reduce(applyChange, { ...container.record.config, ...options.config });
  const base = requireImage(engine, container);
  const folder = join(paths.temporary, unfinishedName(host));
  host.files.makeDirectory(folder, 0o700);
  const diffIds: string[] = [];
  try {
    await storeLayers(engine, base, folder, diffIds);
    const file = join(folder, 'changes');
    await whilePaused(engine, container, options.pause, () => packChanges(engine, container, file));
    diffIds.push(await importLayer(engine, file, undefined));
    return addImage(engine, renderConfig(engine, container, base, diffIds, config, options));
  } finally {
    for (const diffId of diffIds) await removeIfUnused(engine, diffId); // it failed
    await removeTree(host, folder);
  }
}

/** Those of an image of the operating system are plain folders: an image of our own needs layers that it can keep. */
async function storeLayers(engine: Engine, image: Image, folder: string, into: string[]): Promise<void> {
  if (image.diffIds !== undefined) {
    into.push(...image.diffIds);
    return;
  }
  const { files, children } = engine.host;
  for (const index of image.layers.keys()) {
    const file = join(folder, 'layer');
    files.write(file, '', { mode: 0o600 });
    const { diffId } = await writeLayerArchive(engine, image, index, { to: children.openDescriptor(file, 'write') });
    into.push(await importLayer(engine, file, diffId));
  }
}

async function packChanges(engine: Engine, container: Container, file: string): Promise<void> {
  const { host, paths } = engine;
  host.files.write(file, '', { mode: 0o600 });
  const to = host.children.openDescriptor(file, 'write');
  await finishArchive(startArchiveJob(engine, { kind: 'pack', place: { folder: overlayFolders(paths, container.id).upper }, path: '/', name: '', layer: true }, { to }));
}

async function whilePaused(engine: Engine, container: Container, wanted: boolean, work: () => Promise<void>): Promise<void> {
  if (!wanted || container.status !== 'running') return work();
  await pauseContainer(engine, container);
  try {
    await work();
  } finally {
    if (container.run?.paused === true) await unpauseContainer(engine, container);
  }
}

function renderConfig(engine: Engine, { record }: Container, base: Image, diffIds: readonly string[], config: ContainerConfig, { author, comment }: CommitOptions): string {
  const created = new Date(engine.host.clock.now()).toISOString();
  const { history = [] } = JSON.parse(configurationOf(engine, base, diffIds.slice(0, -1))) as ImageConfig;
  const said = { ...(author !== '' && { author }), ...(comment !== '' && { comment }) };
  const image: ImageConfig = {
    architecture: base.architecture || architectureOf(engine.host.kernel.machine), os: 'linux', created, config, ...said,
    rootfs: { type: 'layers', diff_ids: diffIds }, history: [...history, { created, created_by: [record.path, ...record.args].join(' '), ...said }],
  };
  return JSON.stringify(image);
}
