// An image whose layers are there becomes one of the engine's; names are given and taken.

import type { Engine } from '../engine.ts';
import { digestOf, parseImageConfig } from './image-config.ts';
import { parseImageReference, renderImageReference } from './image-reference.ts';
import type { Image } from './image-store.ts';

/** Throws `invalid-image`. No change when it is there already. */
export function addImage(engine: Engine, configText: string): Image {
  const id = digestOf(engine.host, configText);
  const known = engine.images.get(id);
  if (known !== undefined) return known;
  const image = engine.imageFiles.describe(id, parseImageConfig(configText));
  engine.imageFiles.writeConfig(id, configText);
  engine.images.add(image);
  return image;
}

/** `name` is rendered; the image that had it loses it. */
export function nameImage(engine: Engine, name: string, image: Image): void {
  engine.images.setName(name, image.id);
  engine.imageFiles.writeNames(engine.images);
}

/** Undefined when it can't be the name of an image. */
export function normaliseName(text: string): string | undefined {
  const reference = parseImageReference(text);
  return reference === undefined ? undefined : renderImageReference(reference);
}
