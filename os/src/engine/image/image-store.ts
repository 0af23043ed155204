// The images that containers are made of. For now those that the operating system brings along; what pulls, loads and
// builds will add to it stands behind the same store.

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
}

export class ImageStore {
  private readonly byId = new Map<string, Image>();
  /** `repository:tag` -> id. */
  private readonly tags = new Map<string, string>();

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
    return [...this.tags].filter(([, id]) => id === image.id).map(([tag]) => tag);
  }

  /** By name, then by id or the beginning of one. */
  find(name: string): Image | undefined {
    const reference = parseImageReference(name);
    const tagged = reference === undefined ? undefined : this.tags.get(renderImageReference({ ...reference, digest: undefined }));
    if (tagged !== undefined && reference?.digest === undefined) return this.byId.get(tagged);
    const prefix = name.replace(/^sha256:/, '');
    if (!/^[0-9a-f]{1,64}$/.test(prefix)) return undefined;
    const matches = this.list().filter((image) => image.id.startsWith(`sha256:${prefix}`));
    return matches.length === 1 ? matches[0] : undefined;
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
