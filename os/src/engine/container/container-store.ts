// All containers: in memory by id and name, on disk one folder each with config.json (written so that it survives a
// power cut) and outcome.json (written without waiting for the disk).

import { codeOf, dirname, join, messageOf } from '@drover/core';
import type { SystemHost } from '@drover/host';
import { apiError, inWords } from '../api-error.ts';
import type { EngineLog } from '../engine-log.ts';
import type { EnginePaths } from '../engine-paths.ts';
import { removeTree } from '../storage/trees.ts';
import { Container } from './container.ts';
import type { ContainerOutcome, ContainerRecord, ContainerRun } from './container-record.ts';
import { NEVER, NO_OUTCOME, NO_PROCESS, RECORD_FORMAT } from './container-record.ts';

/** In the bundle's folder. */
export const RUN_FILE = 'run.json';

const BROKEN = '.broken';
/** A container that is being removed: its folder has this name from the moment the removal can't be undone. */
export const REMOVING = '.removing';

export class ContainerStore {
  private readonly host: SystemHost;
  private readonly paths: EnginePaths;
  private readonly log: EngineLog;
  private readonly byId = new Map<string, Container>();
  /** Names in use -> id, those of containers that are just being made too. */
  private readonly names = new Map<string, string>();

  constructor(host: SystemHost, paths: EnginePaths, log: EngineLog) {
    this.host = host;
    this.log = log;
    this.paths = paths;
  }

  // ---- finding

  /** In order of creation. */
  list(): Container[] {
    return [...this.byId.values()].sort((a, b) => Date.parse(a.record.createdAt) - Date.parse(b.record.createdAt));
  }

  get(id: string): Container | undefined {
    return this.byId.get(id);
  }

  /** By id, by name, or by the beginning of an id. Throws `not-found`, `invalid-parameter` in moby's words. */
  require(text: string): Container {
    const found = this.find(text);
    if (found === undefined) throw apiError('not-found', `No such container: ${text}`);
    return found;
  }

  /** As `require`; undefined when there is none. Throws `invalid-parameter`. */
  find(text: string): Container | undefined {
    const named = this.names.get(text.replace(/^\//, ''));
    const exact = this.byId.get(text) ?? (named === undefined ? undefined : this.byId.get(named));
    if (exact !== undefined) return exact;
    const matches = /^[0-9a-f]{1,64}$/.test(text) ? [...this.byId.values()].filter((one) => one.id.startsWith(text)) : [];
    if (matches.length > 1) throw apiError('invalid-parameter', `multiple IDs found with provided prefix: ${text}`);
    return matches[0];
  }

  // ---- names

  isNameFree(name: string): boolean {
    return !this.names.has(name);
  }

  /** Throws `invalid-parameter`, `conflict` in moby's words. */
  reserveName(given: string, id: string): string {
    const name = given.replace(/^\//, '');
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
      throw apiError('invalid-parameter', `Invalid container name (${given}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
    }
    const owner = this.names.get(name);
    if (owner !== undefined) {
      throw apiError(
        'conflict',
        `Conflict. The container name "/${name}" is already in use by container "${owner}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
    this.names.set(name, id);
    return name;
  }

  releaseName(name: string): void {
    this.names.delete(name);
  }

  // ---- keeping

  add(container: Container): void {
    this.byId.set(container.id, container);
    this.names.set(container.name, container.id);
  }

  /** From memory; what is on disk is the remover's business. */
  forget(container: Container): void {
    this.byId.delete(container.id);
    if (this.names.get(container.name) === container.id) this.names.delete(container.name);
  }

  saveRecord(record: ContainerRecord): void {
    const path = join(this.paths.container(record.id), 'config.json');
    try {
      this.host.files.makeDirectory(dirname(path), 0o710);
      this.host.files.writeAtomic(path, JSON.stringify(record), { mode: 0o600 });
    } catch (error) {
      throw apiError('system', `saving container ${record.name} in ${path}: ${inWords(error)}`);
    }
  }

  /** Where it can't be written it stays in memory: a full disk keeps no container from being stopped. */
  saveOutcome(container: Container): void {
    const path = join(this.paths.container(container.id), 'outcome.json');
    try {
      this.host.files.replace(path, JSON.stringify(container.outcome), { mode: 0o600 });
    } catch (error) {
      this.log.error(`how the container went is not saved in ${path}: ${inWords(error)}`, { container: container.id, name: container.name });
    }
  }

  /** Undefined: it does not run. */
  saveRun(container: Container, run: ContainerRun | undefined): void {
    container.run = run;
    const path = this.runPath(container.id);
    if (run !== undefined) this.host.files.makeDirectory(dirname(path), 0o700);
    if (run !== undefined) this.host.files.replace(path, JSON.stringify(run), { mode: 0o600 });
    else this.host.files.remove(path);
  }

  private runPath(id: string): string {
    return join(this.paths.bundle(id), RUN_FILE);
  }

  // ---- loading

  /** What is damaged is set aside and reported; the rest is loaded. */
  load(): void {
    const { files } = this.host;
    const { log } = this;
    files.makeDirectory(this.paths.containers, 0o710);
    for (const entry of files.list(this.paths.containers)) {
      const directory = join(this.paths.containers, entry);
      const isId = /^[0-9a-f]{64}$/.test(entry);
      if (!isId && !entry.endsWith(REMOVING)) continue;
      if (!isId || !files.exists(join(directory, 'config.json'))) {
        // A removal or a creation that did not get to its end.
        log.background('removing what is left of a container', removeTree(this.host, directory), { container: entry });
        continue;
      }
      try {
        this.add(this.read(entry));
      } catch (error) {
        files.removeTree(directory + BROKEN);
        files.rename(directory, directory + BROKEN);
        log.error(`container ${entry} is damaged and was set aside as ${entry}${BROKEN}: ${messageOf(error)}`, { container: entry });
      }
    }
  }

  private read(id: string): Container {
    const directory = this.paths.container(id);
    const record = checkRecord(JSON.parse(this.host.files.readText(join(directory, 'config.json'))), id);
    const owner = this.names.get(record.name);
    if (owner !== undefined) throw new Error(`its name ${record.name} is that of container ${owner}`);
    const outcome = checkOutcome(this.readJson(join(directory, 'outcome.json')));
    const container = new Container(record, outcome, outcome.startedAt === NEVER ? 'created' : 'exited');
    const run = this.host.files.exists(this.runPath(id)) ? checkRun(this.readJson(this.runPath(id))) : undefined;
    if (run !== undefined) container.run = run;
    return container;
  }

  /** Undefined when it is absent or damaged. */
  private readJson(path: string): unknown {
    try {
      return JSON.parse(this.host.files.readText(path));
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}

/** Throws what is wrong with it. */
function checkRecord(value: unknown, id: string): ContainerRecord {
  if (typeof value !== 'object' || value === null) throw new Error('config.json is not an object');
  const { format, ...record } = value as Partial<Record<keyof ContainerRecord, unknown>>;
  if (format !== RECORD_FORMAT) throw new Error(`config.json has the format ${JSON.stringify(format)}, not ${RECORD_FORMAT}`);
  if (record.id !== id) throw new Error('config.json is that of another container');
  const { config, hostConfig, mounts } = record;
  const texts = [record.name, record.path, record.createdAt, record.imageId].every((text) => typeof text === 'string');
  if (!texts || !Array.isArray(record.args) || !Array.isArray(mounts) || !mounts.every(isObject) || !isObject(config) || !isObject(hostConfig)) throw new Error('config.json is incomplete');
  if (!isObject(config['Labels']) || !Array.isArray(config['Env'])) throw new Error('the configuration in config.json is incomplete');
  return value as ContainerRecord;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is not as it should be is as if it had never run. */
function checkOutcome(value: unknown): ContainerOutcome {
  if (!isObject(value)) return NO_OUTCOME;
  const outcome: Readonly<Record<string, unknown>> = { ...NO_OUTCOME, ...value };
  const sound = Object.entries(NO_OUTCOME).every(([name, one]) => typeof outcome[name] === typeof one);
  return sound ? (outcome as unknown as ContainerOutcome) : NO_OUTCOME;
}

/** Of a damaged one, crun knows more. */
function checkRun(value: unknown): ContainerRun {
  const sound = isObject(value) && ['creating', 'running', 'waiting'].includes(String(value['phase'])) && typeof value['pid'] === 'number' && typeof value['monitorPid'] === 'number';
  if (!sound) return { phase: 'creating', ...NO_PROCESS };
  const { network, ...run } = value as unknown as ContainerRun;
  return { ...run, ...(isObject(network) && Array.isArray(network['endpoints']) && Array.isArray(network['ports']) && { network }) };
}
