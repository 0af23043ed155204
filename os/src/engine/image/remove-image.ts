// `docker rmi` and `docker image prune`: names first; an image goes with its last one, and its layers with the last
// image that has them.

import { apiError } from '../api-error.ts';
import type { Container } from '../container/container.ts';
import { isAlive } from '../container/container-states.ts';
import type { Engine } from '../engine.ts';
import { normaliseName } from './add-image.ts';
import { removeIfUnused } from './claim-layers.ts';
import { digestOf } from './image-config.ts';
import type { Image } from './image-store.ts';

export type RemovedImage = { readonly Untagged: string } | { readonly Deleted: string };

/** Throws `not-found`, `conflict` in moby's words. */
export async function removeImage(engine: Engine, given: string, force: boolean): Promise<RemovedImage[]> {
  const image = engine.images.require(given);
  const all = [...engine.images.tagsOf(image), ...engine.images.digestsOf(image)];
  const named = normaliseName(given);
  const byName = named !== undefined && all.includes(named);
  const doomed = byName ? [named] : all;
  if (!byName) checkById(engine, image, force);
  const isLast = doomed.length === all.length || all.every((name) => name === named || name.includes('@'));
  if (isLast) checkUsers(engine, image, byName ? given : undefined, force);
  return untagAndDelete(engine, image, isLast ? all : doomed, isLast);
}

function checkById({ images }: Engine, image: Image, force: boolean): void {
  const repositories = new Set(images.tagsOf(image).map((tag) => tag.replace(/:[^:/]*$/, '')));
  if (!force && repositories.size > 1) throw apiError('conflict', `conflict: unable to delete ${shortId(image.id)} (must be forced) - image is referenced in multiple repositories`);
}

/** What runs is never taken away from under a container; what does not run only with force. */
function checkUsers(engine: Engine, image: Image, name: string | undefined, force: boolean): void {
  if (image.diffIds === undefined) throw apiError('conflict', `conflict: unable to delete ${shortId(image.id)} (cannot be forced) - image is part of the operating system`);
  const users = engine.containers.list().filter(({ record }) => record.imageId === image.id);
  const running = users.find(({ status }) => isAlive(status));
  if (name !== undefined && !force && users[0] !== undefined) {
    throw apiError('conflict', `conflict: unable to remove repository reference "${name}" (must force) - container ${users[0].id.slice(0, 12)} is using its referenced image ${shortId(image.id)}`);
  }
  if (running !== undefined) throw apiError('conflict', `conflict: unable to delete ${shortId(image.id)} (cannot be forced) - image is being used by running container ${running.id.slice(0, 12)}`);
  if (users[0] !== undefined && !force) throw apiError('conflict', `conflict: unable to delete ${shortId(image.id)} (must be forced) - image is being used by stopped container ${users[0].id.slice(0, 12)}`);
}

function shortId(id: string): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 12);
}

async function untagAndDelete(engine: Engine, image: Image, names: readonly string[], isLast: boolean): Promise<RemovedImage[]> {
  const { images, imageFiles, events } = engine;
  for (const name of names) images.dropName(name);
  imageFiles.writeNames(images);
  for (const name of names) events.publish('image', 'untag', image.id, { name });
  const untagged = names.map((name) => ({ Untagged: name }));
  // A container that does not run keeps what it is made of.
  if (!isLast || isUsed(engine, image)) return untagged;
  return [...untagged, ...(await deleteImage(engine, image))];
}

function isUsed({ containers }: Engine, { id }: Image): boolean {
  return containers.list().some((container: Container) => container.record.imageId === id);
}

async function deleteImage(engine: Engine, image: Image): Promise<RemovedImage[]> {
  const { images, imageFiles, events } = engine;
  images.drop(image);
  imageFiles.removeConfig(image.id);
  events.publish('image', 'delete', image.id, { name: image.id });
  const diffIds = image.diffIds ?? [];
  const chains = chainIds(engine, diffIds);
  const removed: RemovedImage[] = [{ Deleted: image.id }];
  for (const [i, diffId] of [...diffIds.entries()].toReversed()) {
    if (await removeIfUnused(engine, diffId)) removed.push({ Deleted: chains[i]! });
  }
  return removed;
}

/** A layer and all below it by one digest (OCI image-spec, config.md). */
function chainIds({ host }: Engine, diffIds: readonly string[]): string[] {
  const chains: string[] = [];
  for (const diffId of diffIds) {
    const below = chains.at(-1);
    chains.push(below === undefined ? diffId : digestOf(host, `${below} ${diffId}`));
  }
  return chains;
}

/** `all`: also what has a name and no container. Images of the operating system stay. */
export async function pruneImages(engine: Engine, all: boolean, passes: (image: Image) => boolean): Promise<{ readonly removed: RemovedImage[]; readonly bytes: number }> {
  const removed: RemovedImage[] = [];
  let bytes = 0;
  for (const image of engine.images.list()) {
    const names = [...engine.images.tagsOf(image), ...engine.images.digestsOf(image)];
    if (image.diffIds === undefined || isUsed(engine, image) || (names.length > 0 && !all) || !passes(image)) continue;
    removed.push(...(await untagAndDelete(engine, image, names, true)));
    bytes += image.sizeBytes;
  }
  return { removed, bytes };
}
