// Where the engine keeps what. Below the data root is what lasts; below the exec root, a tmpfs, what a reboot ends.

import { join } from '@drover/core';

export class EnginePaths {
  readonly dataRoot: string;
  readonly execRoot: string;

  constructor(dataRoot: string, execRoot: string) {
    this.dataRoot = join(dataRoot);
    this.execRoot = join(execRoot);
  }

  // ---- data root

  get engineId(): string {
    return join(this.dataRoot, 'engine-id');
  }

  get containers(): string {
    return join(this.dataRoot, 'containers');
  }

  container(id: string): string {
    return join(this.containers, id);
  }

  log(id: string): string {
    return join(this.container(id), 'container.log');
  }

  get volumes(): string {
    return join(this.dataRoot, 'volumes');
  }

  get networks(): string {
    return join(this.dataRoot, 'networks');
  }

  get overlay(): string {
    return join(this.dataRoot, 'overlay2');
  }

  get images(): string {
    return join(this.dataRoot, 'images');
  }

  get layers(): string {
    return join(this.dataRoot, 'layers');
  }

  /** What is worked on: emptied at each start. */
  get temporary(): string {
    return join(this.dataRoot, 'tmp');
  }

  // ---- exec root

  /** crun's own state. */
  get crun(): string {
    return join(this.execRoot, 'crun');
  }

  /** conmon writes a file here, named by the container, when one ends. */
  get exits(): string {
    return join(this.execRoot, 'exits');
  }

  /** Links to the bundles by a short name: a socket's path has at most 107 bytes. */
  get sockets(): string {
    return join(this.execRoot, 's');
  }

  get bundles(): string {
    return join(this.execRoot, 'containers');
  }

  /** The bridges that were made. */
  get bridges(): string {
    return join(this.execRoot, 'bridges.json');
  }

  bundle(id: string): string {
    return join(this.bundles, id);
  }

  attachSocket(id: string): string {
    return join(this.sockets, socketName(id), 'attach');
  }
}

/** 64 bits of the id. */
export function socketName(id: string): string {
  return id.slice(0, 16);
}
