// A layer into the store: unpacked and hashed by a process of its own, and renamed into place once it is complete, is
// what it should be, and is on disk.

import { explain, join, RosError } from '@drover/core';
import type { Engine } from '../engine.ts';
import { startArchiveJob } from '../archive/run-archive-job.ts';
import { removeTree } from '../storage/trees.ts';
import { decompressorOf } from './compression.ts';
import type { LayerRecord, PackedLayer } from './image-files.ts';
import { unfinishedName } from './image-files.ts';

const SYNC_LIMIT_MS = 30 * 60_000;

/**
 * From an archive in a file, compressed or not. `diffId`: what the uncompressed archive's digest must be; undefined
 * takes it as it is. `packed`: what the file is to a registry. Resolves to that digest. Throws `invalid-layer`, `archive-failed`.
 */
export async function importLayer(engine: Engine, archive: string, diffId: string | undefined, packed?: PackedLayer): Promise<string> {
  if (diffId === undefined) return unpackLayer(engine, archive, undefined, packed);
  return engine.locks.run(diffId, async () => (engine.imageFiles.readLayer(diffId) === undefined ? unpackLayer(engine, archive, diffId, packed) : diffId));
}

async function unpackLayer(engine: Engine, archive: string, wanted: string | undefined, packed: PackedLayer | undefined): Promise<string> {
  const { host, paths, imageFiles } = engine;
  const folder = join(paths.layers, unfinishedName(host));
  const content = join(folder, 'diff');
  const journal = join(folder, 'journal');
  host.files.makeDirectory(content);
  try {
    host.files.write(journal, '', { mode: 0o600 });
    const from = openArchive(engine, archive);
    const job = startArchiveJob(engine, { kind: 'unpack', place: { folder: content }, path: '/', layer: true, keepKinds: false, journal }, { from });
    job.input.close();
    job.output.close();
    const { sha256, archiveBytes, contentBytes } = await job.done();
    const diffId = `sha256:${sha256}`;
    if (wanted !== undefined && wanted !== diffId) throw new RosError('invalid-layer', `invalid diffID for layer: expected "${wanted}", got "${diffId}"`);
    const record: LayerRecord = { archiveBytes, contentBytes, ...(packed && { packed }) };
    host.files.write(join(folder, 'layer.json'), JSON.stringify(record), { mode: 0o600 });
    await run(engine, ['sync', '-f', folder]);
    if (imageFiles.readLayer(diffId) === undefined) host.files.rename(folder, imageFiles.layerFolder(diffId));
    return diffId;
  } finally {
    await removeTree(host, folder); // nothing, when it was renamed
  }
}

async function run({ host }: Engine, command: readonly string[]): Promise<void> {
  const { code, stderr } = await host.processes.run(command, { timeoutMs: SYNC_LIMIT_MS });
  if (code !== 0) throw new RosError('archive-failed', `${command[0]!}: ${stderr.trim()}`);
}

/** A descriptor to read the uncompressed archive from. */
export function openArchive({ host, log }: Engine, archive: string): number {
  const command = decompressorOf(host.files.readBytes(archive, 6));
  const file = host.children.openDescriptor(archive, 'read');
  if (command === undefined) return file;
  const { read, write } = host.children.pipe();
  try {
    const child = host.children.start({ argv: command, descriptors: [[0, file], [1, write], [2, 2]], deathSignal: 'KILL' });
    // What it could not decompress is missing in the archive: that is told by whoever reads it.
    void child.wait().then(({ code }) => code !== 0 && log.warn(`${command.join(' ')} ended with ${code}`, { archive }));
    return read;
  } catch (error) {
    host.children.closeDescriptor(read);
    throw new RosError('archive-failed', `the archive needs ${command[0]!} to be read: ${explain(error)}`, { cause: error });
  } finally {
    host.children.closeDescriptor(file);
    host.children.closeDescriptor(write);
  }
}
