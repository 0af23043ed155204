// The bridges that are on the machine now, each with its subnet: in memory, and in a file that a reboot ends. It is written
// before a bridge is made and after one is gone, so that a crash leaves none that nobody knows of.

import type { SystemHost } from '@drover/host';
import type { EnginePaths } from '../engine-paths.ts';

export interface Bridge {
  readonly networkId: string;
  readonly link: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly internal: boolean;
}

export class BridgeTable {
  private readonly host: SystemHost;
  private readonly path: string;
  private readonly bridges = new Map<string, Bridge>();
  /** What iptables-restore was given last. */
  rules = '';

  constructor(host: SystemHost, paths: EnginePaths) {
    this.host = host;
    this.path = paths.bridges;
    for (const bridge of parseBridges(host.files.readTextIfPresent(this.path))) this.bridges.set(bridge.networkId, bridge);
  }

  get isEmpty(): boolean {
    return this.bridges.size === 0;
  }

  list(): Bridge[] {
    return [...this.bridges.values()];
  }

  get(networkId: string): Bridge | undefined {
    return this.bridges.get(networkId);
  }

  add(bridge: Bridge): void {
    this.bridges.set(bridge.networkId, bridge);
    this.save();
  }

  remove({ networkId }: Bridge): void {
    this.bridges.delete(networkId);
    this.save();
  }

  private save(): void {
    if (this.isEmpty) this.host.files.remove(this.path);
    else this.host.files.replace(this.path, JSON.stringify(this.list()), { mode: 0o600 });
  }
}

/** A damaged file is as good as none: then a bridge may stay until the next reboot. */
function parseBridges(text: string | undefined): readonly Bridge[] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as Bridge[]).filter((one) => [one.networkId, one.link, one.subnet, one.gateway].every((field) => typeof field === 'string')) : [];
  } catch {
    return [];
  }
}
