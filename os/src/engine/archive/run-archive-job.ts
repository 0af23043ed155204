// Starts an archive job in a process of its own and passes on its streams and its reports.

import { RosError } from '@drover/core';
import type { ByteSink, ByteSource } from '@drover/host';
import { readJsonLines } from '@drover/docker-api';
import type { Container } from '../container/container.ts';
import type { Engine } from '../engine.ts';
import { requireLayers } from '../container/start-container.ts';
import { overlayFolders, overlayOptions } from '../storage/overlay.ts';
import type { ArchiveJob, ArchiveReport, ContainerView, PathStat } from './archive-job.ts';
import { REPORT_DESCRIPTOR } from './archive-job.ts';

export interface ArchiveResult {
  readonly sha256: string;
  readonly archiveBytes: number;
  readonly contentBytes: number;
}

export interface RunningJob {
  /** Of jobs that unpack; to be closed at the end. */
  readonly input: ByteSink;
  /** Of jobs that pack. */
  readonly output: ByteSource;
  /** Of jobs that look; undefined when there is nothing. */
  found(): Promise<PathStat | undefined>;
  /** Throws `archive-failed` with the kernel's code as a fact. */
  done(): Promise<ArchiveResult>;
}

export interface JobStreams {
  /** Descriptor to read the archive from, instead of `input`; closed here. */
  readonly from?: number;
  /** Descriptor to write the archive to, instead of `output`; closed here. */
  readonly to?: number;
  /** The output goes nowhere: only its digest is of interest. */
  readonly discard?: boolean;
}

export function startArchiveJob({ host }: Engine, job: ArchiveJob, streams: JobStreams = {}): RunningJob {
  const { children } = host;
  const [input, output, reports] = [children.pipe(), children.pipe(), children.pipe()];
  const child = children.start({
    argv: ['/proc/self/exe', 'archive', JSON.stringify(job)],
    descriptors: [[0, streams.from ?? input.read], ...(streams.discard === true ? [] : [[1, streams.to ?? output.write] as const]), [2, 2], [REPORT_DESCRIPTOR, reports.write]],
    deathSignal: 'KILL',
  });
  for (const fd of [input.read, output.write, reports.write, streams.from, streams.to]) if (fd !== undefined) children.closeDescriptor(fd);
  const first = readReports(children.source(reports.read), child.wait());
  first.catch(() => undefined); // told to whoever asks
  return {
    input: children.sink(input.write),
    output: children.source(output.read),
    found: async () => (await first).found,
    done: async () => (await first).done(),
  };
}

interface Reports {
  readonly found: PathStat | undefined;
  readonly done: () => Promise<ArchiveResult>;
}

/** Resolves at the first report: what was found is of use before the rest has come. */
async function readReports(source: ByteSource, exit: Promise<unknown>): Promise<Reports> {
  const lines = readJsonLines<ArchiveReport>(source);
  const next = async (): Promise<ArchiveReport> => {
    const { value, done } = await lines.next();
    if (done === true) throw new RosError('archive-failed', 'the process that handles the archive ended without a word');
    if ('failed' in value) throw new RosError('archive-failed', value.failed, { facts: { code: value.code } });
    return value;
  };
  const finish = async (report: ArchiveReport): Promise<ArchiveResult> => {
    const last = 'done' in report ? report : await next();
    await exit;
    source.close();
    const { sha256 = '', archiveBytes = 0, contentBytes = 0 } = 'done' in last ? last : {};
    return { sha256, archiveBytes, contentBytes };
  };
  const first = await next();
  return { found: 'found' in first ? first.found : undefined, done: () => finish(first) };
}

/** A job without streams, to its end. */
export async function lookInto(engine: Engine, job: ArchiveJob & { readonly kind: 'look' }): Promise<PathStat | undefined> {
  const running = startArchiveJob(engine, job);
  running.input.close();
  running.output.close();
  return running.found();
}

/** Of a container that runs or not. `withVolumes`: what it has mounted, too. */
export function viewOf(engine: Engine, container: Container, withVolumes: boolean): ContainerView {
  const { host, paths } = engine;
  const { record, run } = container;
  return {
    root: overlayFolders(paths, container.id).merged,
    overlay: run?.phase === 'running' ? undefined : overlayOptions(host, paths, container.id, requireLayers(engine, container)),
    mounts: withVolumes ? record.mounts.filter(({ type }) => type !== 'tmpfs') : [],
  };
}
