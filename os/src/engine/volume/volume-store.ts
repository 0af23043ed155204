// Volumes: folders below the data root that outlive containers. A volume is DIR/_data with DIR/volume.json beside it.

import { encodeHex, join, messageOf } from '@drover/core';
import type { SystemHost } from '@drover/host';
import type { Labels, Volume } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { EngineLog } from '../engine-log.ts';
import type { EnginePaths } from '../engine-paths.ts';
import { removeTree } from '../storage/trees.ts';
import { checkVolumeName } from './mount-request.ts';

interface VolumeRecord {
  readonly name: string;
  readonly createdAt: string;
  readonly labels: Labels;
  /** Nothing has been copied into it yet. */
  readonly fresh?: boolean;
  /** Nobody named it. */
  readonly anonymous?: boolean;
}

/** No volume can have such a name. */
const REMOVING = '.removing-';

export class VolumeStore {
  private readonly host: SystemHost;
  private readonly paths: EnginePaths;
  private readonly volumes = new Map<string, VolumeRecord>();

  constructor(host: SystemHost, paths: EnginePaths) {
    this.host = host;
    this.paths = paths;
  }

  load(log: EngineLog): void {
    const { files } = this.host;
    files.makeDirectory(this.paths.volumes, 0o701);
    for (const name of files.list(this.paths.volumes)) {
      if (name.startsWith(REMOVING)) log.background('removing a volume', removeTree(this.host, join(this.paths.volumes, name)));
      else if (files.stat(this.dataPath(name))?.type === 'directory') this.volumes.set(name, this.read(name, log));
    }
  }

  /** A volume whose description is damaged is still a folder with somebody's data. */
  private read(name: string, log: EngineLog): VolumeRecord {
    const plain = { name, createdAt: new Date(this.host.files.stat(this.dataPath(name))?.mtimeMs ?? 0).toISOString(), labels: {} };
    const text = this.host.files.readTextIfPresent(this.recordPath(name));
    try {
      return text === undefined ? plain : { ...plain, ...(JSON.parse(text) as VolumeRecord), name };
    } catch (error) {
      log.warn(`the description of volume ${name} is damaged: ${messageOf(error)}`);
      return plain;
    }
  }

  dataPath(name: string): string {
    return join(this.paths.volumes, name, '_data');
  }

  private recordPath(name: string): string {
    return join(this.paths.volumes, name, 'volume.json');
  }

  newName(): string {
    return encodeHex(this.host.random(32));
  }

  has(name: string): boolean {
    return this.volumes.has(name);
  }

  /** Whether nobody has put the image's content into it yet. */
  isFresh(name: string): boolean {
    return this.volumes.get(name)?.fresh === true;
  }

  isAnonymous(name: string): boolean {
    return this.volumes.get(name)?.anonymous === true;
  }

  /** No error when it exists already. */
  create(name: string, labels: Labels = {}, anonymous: boolean = false): Volume {
    checkVolumeName(name);
    const { files, clock } = this.host;
    if (!this.volumes.has(name)) {
      const record: VolumeRecord = { name, createdAt: new Date(clock.now()).toISOString(), labels, fresh: true, ...(anonymous && { anonymous }) };
      files.makeDirectory(join(this.paths.volumes, name), 0o701);
      files.makeDirectory(this.dataPath(name), 0o755);
      files.replace(this.recordPath(name), JSON.stringify(record));
      this.volumes.set(name, record);
    }
    return this.describe(this.volumes.get(name)!);
  }

  markFilled(name: string): void {
    const record = this.volumes.get(name);
    if (record?.fresh !== true) return;
    const { fresh: _, ...filled } = record;
    this.host.files.replace(this.recordPath(name), JSON.stringify(filled));
    this.volumes.set(name, filled);
  }

  list(): Volume[] {
    return [...this.volumes.values()].map((record) => this.describe(record));
  }

  /** Throws `not-found` in moby's words. */
  inspect(name: string): Volume {
    const record = this.volumes.get(name);
    if (record === undefined) throw apiError('not-found', `get ${name}: no such volume`);
    return this.describe(record);
  }

  /** Its name is free at once; a crash in the middle is made up for at the next start. */
  async remove(name: string): Promise<void> {
    this.inspect(name);
    const aside = join(this.paths.volumes, REMOVING + encodeHex(this.host.random(8)));
    this.host.files.rename(join(this.paths.volumes, name), aside);
    this.volumes.delete(name);
    await removeTree(this.host, aside);
  }

  private describe({ name, createdAt, labels }: VolumeRecord): Volume {
    return { Name: name, Driver: 'local', Mountpoint: this.dataPath(name), CreatedAt: createdAt, Labels: labels, Options: null, Scope: 'local' };
  }
}
