// Images that come with the operating system: images.json in a read-only folder, their layers plain folders that are
// used in place.

import { join, messageOf } from '@drover/core';
import type { Problem } from '@drover/core';
import type { Files } from '@drover/host';
import type { ContainerConfig } from '@drover/docker-api';
import type { Image } from './image-store.ts';

interface PreloadedImage {
  readonly id: string;
  readonly repoTags?: readonly string[];
  readonly created?: string;
  readonly architecture?: string;
  readonly sizeBytes?: number;
  readonly layers?: readonly string[];
  readonly config?: ContainerConfig;
}

export interface Preload {
  readonly images: readonly Image[];
  readonly problems: readonly Problem[];
}

/** An image that can't be used is a problem, and the others still are. */
export function readPreload(files: Files, directory: string): Preload {
  const source = join(directory, 'images.json');
  const problem = (message: string): Problem => ({ code: 'preload', severity: 'error', source, message });
  const text = files.readTextIfPresent(source);
  if (text === undefined) return { images: [], problems: [problem('there is no such file, so there are no images')] };
  let listed: readonly PreloadedImage[] | undefined;
  try {
    listed = (JSON.parse(text) as { images?: readonly PreloadedImage[] }).images;
  } catch (error) {
    return { images: [], problems: [problem(`not JSON: ${messageOf(error)}`)] };
  }
  if (!Array.isArray(listed)) return { images: [], problems: [problem('it has no list of images')] };
  const images: Image[] = [];
  const problems: Problem[] = [];
  for (const one of listed as readonly PreloadedImage[]) {
    const wrong = checkImage(files, directory, one);
    if (wrong === undefined) images.push(toImage(directory, one));
    else problems.push(problem(`image ${one.repoTags?.[0] ?? one.id}: ${wrong}`));
  }
  return { images, problems };
}

function checkImage(files: Files, directory: string, image: PreloadedImage): string | undefined {
  if (!/^sha256:[0-9a-f]{64}$/.test(image.id)) return 'its id is not sha256:<64 hexadecimal digits>';
  const missing = layersOf(directory, image).find((layer) => files.stat(layer)?.type !== 'directory');
  return missing === undefined ? undefined : `its layer ${missing} is not a folder`;
}

function layersOf(directory: string, image: PreloadedImage): string[] {
  return (image.layers ?? []).map((layer) => (layer.startsWith('/') ? layer : join(directory, layer)));
}

function toImage(directory: string, image: PreloadedImage): Image {
  return {
    id: image.id,
    repoTags: image.repoTags ?? [],
    createdAt: image.created ?? '1970-01-01T00:00:00Z',
    architecture: image.architecture ?? 'amd64',
    sizeBytes: image.sizeBytes ?? 0,
    layers: layersOf(directory, image),
    config: image.config ?? {},
  };
}
