// All networks: the three that are always there, and those that users made, each a file below the data root. They are
// read when somebody first asks: most machines have none.

import { join, messageOf } from '@drover/core';
import type { SystemHost } from '@drover/host';
import { apiError, inWords } from '../api-error.ts';
import type { EngineLog } from '../engine-log.ts';
import type { EnginePaths } from '../engine-paths.ts';
import type { NetworkRecord } from './network-record.ts';
import { DEFAULT_BRIDGE, DEFAULT_NETWORK, NETWORK_FORMAT, NETWORK_IDS } from './network-record.ts';

const BROKEN = '.broken';

/** dockerd's, under the name that the link has here. */
const DEFAULT_OPTIONS: Readonly<Record<string, string>> = {
  'com.docker.network.bridge.default_bridge': 'true',
  'com.docker.network.bridge.enable_icc': 'true',
  'com.docker.network.bridge.enable_ip_masquerade': 'true',
  'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
  'com.docker.network.bridge.name': DEFAULT_BRIDGE,
  'com.docker.network.driver.mtu': '1500',
};

export class NetworkStore {
  private readonly host: SystemHost;
  private readonly paths: EnginePaths;
  private readonly log: EngineLog;
  private readonly startedAt: string;
  private own: Map<string, NetworkRecord> | undefined;

  constructor(host: SystemHost, paths: EnginePaths, log: EngineLog) {
    this.host = host;
    this.paths = paths;
    this.log = log;
    this.startedAt = new Date(host.clock.now()).toISOString();
  }

  list(): NetworkRecord[] {
    return [...this.predefined(), ...this.read().values()];
  }

  private predefined(): NetworkRecord[] {
    const base = { format: NETWORK_FORMAT, createdAt: this.startedAt, labels: {} } as const;
    return [
      { ...base, id: NETWORK_IDS.bridge, name: DEFAULT_NETWORK, driver: 'bridge', bridge: DEFAULT_BRIDGE, options: DEFAULT_OPTIONS },
      { ...base, id: NETWORK_IDS.host, name: 'host', driver: 'host', options: {} },
      { ...base, id: NETWORK_IDS.none, name: 'none', driver: 'null', options: {} },
    ];
  }

  /** By name, by id, or by the beginning of one. Throws `invalid-parameter` in moby's words. */
  find(text: string): NetworkRecord | undefined {
    const all = this.list();
    const exact = all.find(({ id }) => id === text) ?? all.find(({ name }) => name === text);
    if (exact !== undefined || !/^[0-9a-f]+$/.test(text)) return exact;
    const matches = all.filter(({ id }) => id.startsWith(text));
    if (matches.length > 1) throw apiError('invalid-parameter', `network ${text} is ambiguous (${matches.length} matches found on ID prefix)`);
    return matches[0];
  }

  /** Throws `not-found`, `invalid-parameter` in moby's words. */
  require(text: string): NetworkRecord {
    const found = this.find(text);
    if (found === undefined) throw apiError('not-found', `network ${text} not found`);
    return found;
  }

  add(record: NetworkRecord): void {
    const known = this.read();
    try {
      this.host.files.makeDirectory(this.paths.networks, 0o700);
      this.host.files.writeAtomic(this.pathOf(record.id), JSON.stringify(record), { mode: 0o600 });
    } catch (error) {
      throw apiError('system', `saving network ${record.name} in ${this.pathOf(record.id)}: ${inWords(error)}`);
    }
    known.set(record.id, record);
  }

  remove({ id }: NetworkRecord): void {
    this.host.files.remove(this.pathOf(id));
    this.read().delete(id);
  }

  private pathOf(id: string): string {
    return join(this.paths.networks, `${id}.json`);
  }

  /** What is damaged is set aside and reported; the rest is loaded. */
  private read(): Map<string, NetworkRecord> {
    if (this.own !== undefined) return this.own;
    const { files } = this.host;
    const own = new Map<string, NetworkRecord>();
    for (const entry of files.exists(this.paths.networks) ? files.list(this.paths.networks) : []) {
      if (!/^[0-9a-f]{64}\.json$/.test(entry)) continue;
      const path = join(this.paths.networks, entry);
      try {
        const record = checkRecord(JSON.parse(files.readText(path)), entry.slice(0, 64));
        own.set(record.id, record);
      } catch (error) {
        files.rename(path, path + BROKEN);
        this.log.error(`network ${entry} is damaged and was set aside as ${entry}${BROKEN}: ${messageOf(error)}`);
      }
    }
    this.own = own;
    return own;
  }
}

/** Throws what is wrong with it. */
function checkRecord(value: unknown, id: string): NetworkRecord {
  if (typeof value !== 'object' || value === null) throw new Error('it is not an object');
  const record = value as Partial<Record<keyof NetworkRecord, unknown>>;
  if (record.format !== NETWORK_FORMAT) throw new Error(`it has the format ${JSON.stringify(record.format)}, not ${NETWORK_FORMAT}`);
  if (record.id !== id) throw new Error('it is that of another network');
  const texts = [record.name, record.createdAt, record.subnet, record.gateway, record.bridge].every((text) => typeof text === 'string');
  const maps = [record.options, record.labels].every((map) => typeof map === 'object' && map !== null);
  if (!texts || !maps) throw new Error('it is incomplete');
  return value as NetworkRecord;
}
