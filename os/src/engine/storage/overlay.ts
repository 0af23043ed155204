// The file systems of containers: an overlay of the image's layers, used in place, and a layer of the container's own.

import { encodeHex, encodeUtf8, join, RosError } from '@drover/core';
import type { SystemHost } from '@drover/host';
import type { EnginePaths } from '../engine-paths.ts';
import { removeTree } from './trees.ts';

export interface OverlayFolders {
  readonly upper: string;
  readonly work: string;
  readonly merged: string;
}

export function overlayFolders(paths: EnginePaths, id: string): OverlayFolders {
  const root = join(paths.overlay, id);
  return { upper: join(root, 'diff'), work: join(root, 'work'), merged: join(root, 'merged') };
}

/** mount(2) takes one page of options, its end included. */
const OPTIONS_LIMIT_BYTES = 4095;

/** Mount points and files that every container needs and that an image may lack. Below all layers, so that the image's own win. */
const BASE_DIRECTORIES = ['dev', 'dev/pts', 'dev/shm', 'etc', 'proc', 'sys'];
const BASE_FILES = ['.dockerenv', 'dev/console', 'etc/hostname', 'etc/hosts', 'etc/resolv.conf'];

export function prepareOverlay({ files }: SystemHost, paths: EnginePaths): void {
  const base = baseLayerOf(paths);
  for (const name of BASE_DIRECTORIES) files.makeDirectory(join(base, name));
  for (const name of BASE_FILES) if (!files.exists(join(base, name))) files.write(join(base, name), '');
  if (files.lstat(join(base, 'etc/mtab')) === undefined) files.symlink('/proc/mounts', join(base, 'etc/mtab'));
  files.makeDirectory(join(paths.overlay, 'l'), 0o700);
}

export function baseLayerOf(paths: EnginePaths): string {
  return join(paths.overlay, 'base');
}

export function createOverlay({ files }: SystemHost, paths: EnginePaths, id: string): void {
  const { upper, work, merged } = overlayFolders(paths, id);
  files.makeDirectory(join(paths.overlay, id), 0o710);
  files.makeDirectory(upper);
  files.makeDirectory(work, 0o700);
  files.makeDirectory(merged, 0o700);
}

/** Lower directories as the mount names them, the uppermost first. */
export function lowerDirectories(host: SystemHost, paths: EnginePaths, layers: readonly string[]): string[] {
  return [...layers.toReversed().map((layer) => shortLink(host, paths, layer)), baseLayerOf(paths)];
}

/** Throws `system` when a layer is gone. */
export function overlayOptions(host: SystemHost, paths: EnginePaths, id: string, layers: readonly string[]): string {
  const { upper, work } = overlayFolders(paths, id);
  const missing = layers.find((layer) => !host.files.exists(layer));
  if (missing !== undefined) throw new RosError('system', `layer ${missing} of the image is gone`, { hint: 'create the container again from an image that is there' });
  const data = `lowerdir=${lowerDirectories(host, paths, layers).join(':')},upperdir=${upper},workdir=${work}`;
  if (data.length > OPTIONS_LIMIT_BYTES) throw new RosError('system', `the image has too many layers (${layers.length})`);
  return data;
}

/** Throws `system` when a layer is gone, `mount-failed` when the kernel refuses. */
export function mountOverlay(host: SystemHost, paths: EnginePaths, id: string, layers: readonly string[]): string {
  const { merged } = overlayFolders(paths, id);
  host.mounts.mount({ source: 'overlay', target: merged, type: 'overlay', data: overlayOptions(host, paths, id, layers) });
  return merged;
}

/** Links in place of long paths keep the mount options short. */
function shortLink(host: SystemHost, paths: EnginePaths, layer: string): string {
  const link = join(paths.overlay, 'l', encodeHex(host.sha256(encodeUtf8(layer))).slice(0, 12));
  if (host.files.lstat(link) === undefined) host.files.symlink(layer, link);
  return link;
}

/** No error when it is not mounted. */
export function unmountOverlay(host: SystemHost, paths: EnginePaths, id: string): void {
  const { merged } = overlayFolders(paths, id);
  try {
    host.mounts.unmount(merged, { lazy: true });
  } catch (error) {
    if (!['EINVAL', 'ENOENT'].includes((error as { code?: string }).code ?? '')) throw error;
  }
}

export async function removeOverlay(host: SystemHost, paths: EnginePaths, id: string): Promise<void> {
  unmountOverlay(host, paths, id);
  await removeTree(host, join(paths.overlay, id));
}
