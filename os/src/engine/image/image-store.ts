// The images that containers are made of: those that the operating system brings along, and those that were loaded.
// In memory is what containers need; whatever else an image says of itself is read from its configuration when asked.

import type { ContainerConfig } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import { parseImageReference, renderImageReference } from './image-reference.ts';

export interface Image {
  /** sha256:... */
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly createdAt: string;
  readonly architecture: string;
  readonly sizeBytes: number;
  /** Folders, the lowest first. */
  readonly layers: readonly string[];
  readonly config: ContainerConfig;
  /** Digests of the layers' archives. Undefined of an image of the operating system: it never was an archive. */
  readonly diffIds?: readonly string[];
}

export class ImageStore {
  private readonly byId = new Map<string, Image>();
  /** `repository:tag` -> id. */
  private readonly tags = new Map<string, string>();
  /** `repository@sha256:...` -> id, of what was pulled. */
  private readonly digests = new Map<string, string>();

  /** A tag that another image had moves to this one. */
  add(image: Image): void {
    this.byId.set(image.id, image);
    for (const tag of image.repoTags) {
      const reference = parseImageReference(tag);
      if (reference !== undefined) this.tags.set(renderImageReference(reference), image.id);
    }
  }

  list(): Image[] {
    return [...this.byId.values()];
  }

  get(id: string): Image | undefined {
    return this.byId.get(id);
  }

  tagsOf(image: Image): string[] {
    return namesOf(this.tags, image);
  }

  digestsOf(image: Image): string[] {
    return namesOf(this.digests, image);
  }

  /** `repository:tag`, or `repository@sha256:...`, as rendered. */
  setName(name: string, id: string): void {
    (name.includes('@') ? this.digests : this.tags).set(name, id);
  }

  dropName(name: string): void {
    this.tags.delete(name);
    this.digests.delete(name);
  }

  /** With all its names. */
  drop(image: Image): void {
    for (const name of [...this.tagsOf(image), ...this.digestsOf(image)]) this.dropName(name);
    this.byId.delete(image.id);
  }

  /** All names and what they mean: to be kept. */
  names(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.tags, ...this.digests]);
  }

  /** By name, then by id or the beginning of one. */
  find(name: string): Image | undefined {
    const reference = parseImageReference(name);
    const id = reference === undefined ? undefined : this.idOf(reference);
    if (id !== undefined) return this.byId.get(id);
    const prefix = name.replace(/^sha256:/, '');
    if (!/^[0-9a-f]{1,64}$/.test(prefix)) return undefined;
    const matches = this.list().filter((image) => image.id.startsWith(`sha256:${prefix}`));
    return matches.length === 1 ? matches[0] : undefined;
  }

  private idOf(reference: NonNullable<ReturnType<typeof parseImageReference>>): string | undefined {
    if (reference.digest === undefined) return this.tags.get(renderImageReference(reference));
    return this.digests.get(renderImageReference({ ...reference, tag: undefined }));
  }

  /** Throws `not-found` in moby's words. */
  require(name: string): Image {
    const image = this.find(name);
    if (image !== undefined) return image;
    const reference = parseImageReference(name);
    if (reference === undefined && !/^(sha256:)?[0-9a-f]+$/.test(name)) throw apiError('invalid-parameter', 'invalid reference format');
    throw apiError('not-found', `No such image: ${reference === undefined || /^[0-9a-f]{64}$/.test(name) ? name : renderImageReference(reference)}`);
  }
}

function namesOf(names: ReadonlyMap<string, string>, image: Image): string[] {
  return [...names].filter(([, id]) => id === image.id).map(([name]) => name);
}
