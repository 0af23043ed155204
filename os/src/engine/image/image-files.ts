// What is kept of images that were loaded, below the data root:
//   images/ID.json            the configuration, byte by byte: its digest is the image's id
//   images/names.json         all tags and digests, also those of images of the operating system
//   layers/DIGEST/diff        the content of a layer, used in place as a lower folder; DIGEST is that of its archive
//   layers/DIGEST/journal     what the archive has beside the content of files
//   layers/DIGEST/layer.json
// INVARIANT: a layer is renamed into place when it is complete and on disk, an image is written when all its layers
// are there, and a name when its image is. What a crash leaves half done has no name and is cleared away at the start.

import { encodeHex, join, messageOf } from '@drover/core';
import type { SystemHost } from '@drover/host';
import type { EngineLog } from '../engine-log.ts';
import type { EnginePaths } from '../engine-paths.ts';
import { removeTree } from '../storage/trees.ts';
import { digestOf, parseImageConfig } from './image-config.ts';
import type { ImageConfig } from './image-config.ts';
import type { Image, ImageStore } from './image-store.ts';

export interface LayerRecord {
  /** Of the archive, uncompressed. */
  readonly archiveBytes: number;
  readonly contentBytes: number;
  /** As a registry has it, compressed with gzip. */
  readonly packed?: PackedLayer;
}

export interface PackedLayer {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** A name that nothing has, for a layer or a folder of the engine's that is not finished. */
export function unfinishedName(host: Pick<SystemHost, 'random'>): string {
  return `.new-${encodeHex(host.random(8))}`;
}

export function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

export class ImageFiles {
  private readonly host: SystemHost;
  private readonly paths: EnginePaths;

  constructor(host: SystemHost, paths: EnginePaths) {
    this.host = host;
    this.paths = paths;
  }

  private configPath(id: string): string {
    return join(this.paths.images, `${hexOf(id)}.json`);
  }

  layerFolder(diffId: string): string {
    return join(this.paths.layers, hexOf(diffId));
  }

  contentFolder(diffId: string): string {
    return join(this.layerFolder(diffId), 'diff');
  }

  journalPath(diffId: string): string {
    return join(this.layerFolder(diffId), 'journal');
  }

  /** Undefined when there is no such layer. */
  readLayer(diffId: string): LayerRecord | undefined {
    const text = this.host.files.readTextIfPresent(join(this.layerFolder(diffId), 'layer.json'));
    return text === undefined ? undefined : (JSON.parse(text) as LayerRecord);
  }

  /** It saves packing the layer again; nothing hangs on it. */
  notePacked(diffId: string, packed: PackedLayer): void {
    const record = this.readLayer(diffId);
    if (record !== undefined) this.host.files.writeAtomic(join(this.layerFolder(diffId), 'layer.json'), JSON.stringify({ ...record, packed } satisfies LayerRecord), { mode: 0o600 });
  }

  /** Undefined of images of the operating system. */
  readConfig(id: string): string | undefined {
    return this.host.files.readTextIfPresent(this.configPath(id));
  }

  writeConfig(id: string, text: string): void {
    this.host.files.writeAtomic(this.configPath(id), text, { mode: 0o600 });
  }

  removeConfig(id: string): void {
    this.host.files.remove(this.configPath(id));
  }

  writeNames(images: ImageStore): void {
    this.host.files.writeAtomic(join(this.paths.images, 'names.json'), JSON.stringify({ names: images.names() }), { mode: 0o600 });
  }

  // ---- the start of the engine

  /** Into the store, which has the images of the operating system already. What is damaged is reported and left out. */
  load(store: ImageStore, log: EngineLog): void {
    const { files } = this.host;
    for (const path of [this.paths.images, this.paths.layers, this.paths.temporary]) files.makeDirectory(path, 0o710);
    for (const name of files.list(this.paths.temporary)) log.background('removing what was not finished', removeTree(this.host, join(this.paths.temporary, name)), { name });
    for (const file of files.list(this.paths.images)) {
      const hex = /^([0-9a-f]{64})\.json$/.exec(file)?.[1];
      if (hex !== undefined) this.loadImage(store, `sha256:${hex}`, log);
    }
    this.loadNames(store, log);
    this.removeUnused(store, log);
  }

  private loadImage(store: ImageStore, id: string, log: EngineLog): void {
    try {
      const text = this.readConfig(id) ?? '';
      const actual = digestOf(this.host, text);
      if (actual !== id) throw new Error(`its content has the digest ${actual}`);
      store.add(this.describe(id, parseImageConfig(text)));
    } catch (error) {
      const path = this.configPath(id);
      this.host.files.rename(path, `${path}.broken`);
      log.error(`image ${id} is damaged and was set aside: ${messageOf(error)}`);
    }
  }

  /** An image as the store has it. Throws when a layer is missing. */
  describe(id: string, { architecture = '', created = '1970-01-01T00:00:00Z', config, rootfs }: ImageConfig): Image {
    const records = rootfs.diff_ids.map((diffId) => {
      const record = this.readLayer(diffId);
      if (record === undefined) throw new Error(`its layer ${diffId} is missing`);
      return record;
    });
    return {
      id,
      repoTags: [],
      createdAt: created,
      architecture,
      sizeBytes: records.reduce((sum, { contentBytes }) => sum + contentBytes, 0),
      layers: rootfs.diff_ids.map((diffId) => this.contentFolder(diffId)),
      config: config ?? {},
      diffIds: rootfs.diff_ids,
    };
  }

  private loadNames(store: ImageStore, log: EngineLog): void {
    const path = join(this.paths.images, 'names.json');
    const text = this.host.files.readTextIfPresent(path);
    if (text === undefined) return;
    try {
      const { names } = JSON.parse(text) as { names: Readonly<Record<string, string>> };
      for (const [name, id] of Object.entries(names)) if (store.get(id) !== undefined) store.setName(name, id);
    } catch (error) {
      this.host.files.rename(path, `${path}.broken`);
      log.error(`the names of the images are damaged and were set aside as ${path}.broken: ${messageOf(error)}`);
    }
  }

  /** Layers of no image, and what a crash left. */
  private removeUnused(store: ImageStore, log: EngineLog): void {
    const used = new Set(store.list().flatMap(({ diffIds = [] }) => diffIds.map(hexOf)));
    const doomed = this.host.files.list(this.paths.layers).filter((name) => !used.has(name));
    for (const name of doomed) log.background('removing an unused layer', removeTree(this.host, join(this.paths.layers, name)), { layer: name });
  }
}
