// The routes about files of a container: cp both ways, export, diff.

import { basename, codeOf, encodeBase64, encodeUtf8, explain } from '@drover/core';
import { pump } from '@drover/host';
import { HttpHeaders } from '@drover/docker-api';
import { apiError } from '../api-error.ts';
import type { PathStat } from '../archive/archive-job.ts';
import type { RunningJob } from '../archive/run-archive-job.ts';
import { lookInto, startArchiveJob, viewOf } from '../archive/run-archive-job.ts';
import type { Container } from '../container/container.ts';
import { readChanges } from '../container/read-changes.ts';
import { requireLayers } from '../container/start-container.ts';
import type { Engine } from '../engine.ts';
import { baseLayerOf, overlayFolders } from '../storage/overlay.ts';
import type { ApiRequest } from './api-request.ts';

const TAR = 'application/x-tar';

/** A slash or a dot at the end makes a difference: it follows a link. */
function requirePath(request: ApiRequest): string {
  const path = request.query.get('path');
  if (path === '') throw apiError('invalid-parameter', 'bad parameters: missing "path"');
  return path.startsWith('/') ? path : `/${path}`;
}

function statHeaders(stat: PathStat): HttpHeaders {
  return HttpHeaders.of({ 'X-Docker-Container-Path-Stat': encodeBase64(encodeUtf8(JSON.stringify(stat))), 'Content-Type': TAR });
}

function notFound(request: ApiRequest, path: string): Error {
  return apiError('not-found', `Could not find the file ${path} in container ${request.name}`);
}

export async function statPath(engine: Engine, request: ApiRequest): Promise<void> {
  const container = engine.containers.require(request.name);
  const path = requirePath(request);
  const found = await lookInto(engine, { kind: 'look', place: viewOf(engine, container, true), path });
  if (found === undefined) throw notFound(request, path);
  await request.exchange.respond(200, statHeaders(found));
}

export async function getArchive(engine: Engine, request: ApiRequest): Promise<void> {
  const container = engine.containers.require(request.name);
  const path = requirePath(request);
  const name = path.endsWith('/.') ? '.' : basename(path);
  const job = startArchiveJob(engine, { kind: 'pack', place: viewOf(engine, container, true), path, name, layer: false });
  job.input.close();
  const found = await job.found();
  if (found === undefined) throw notFound(request, path);
  await sendArchive(engine, request, job, statHeaders(found));
}

/** The length is not known before its end: when it fails the stream is cut off. */
async function sendArchive(engine: Engine, request: ApiRequest, job: RunningJob, headers: HttpHeaders): Promise<void> {
  const leave = request.exchange.whenClientLeaves();
  leave.onCancel(() => job.output.close());
  const sink = await request.exchange.startStream(200, headers);
  try {
    await pump(job.output, sink);
    await job.done();
  } catch (error) {
    engine.log.error(`sending an archive of ${request.name} failed: ${explain(error)}`);
    throw error;
  } finally {
    job.output.close();
  }
}

export async function putArchive(engine: Engine, request: ApiRequest): Promise<void> {
  const container = engine.containers.require(request.name);
  const path = requirePath(request);
  const place = viewOf(engine, container, true);
  const found = await lookInto(engine, { kind: 'look', place, path: `${path}/.` });
  if (found === undefined) throw (await lookInto(engine, { kind: 'look', place, path })) === undefined ? notFound(request, path) : apiError('invalid-parameter', 'extraction point is not a directory');
  requireWritable(container, path);
  const job = startArchiveJob(engine, { kind: 'unpack', place, path, layer: false, keepKinds: request.query.isOn('noOverwriteDirNonDir') });
  job.output.close();
  await request.exchange.allowBody();
  try {
    await pump(request.exchange.body, job.input);
  } catch (error) {
    if (codeOf(error) !== 'EPIPE') throw error; // it failed, and says why
  } finally {
    job.input.close();
  }
  await job.done().catch((error: unknown) => {
    throw apiError('system', explain(error));
  });
  await request.exchange.respond(200);
}

function requireWritable({ record }: Container, path: string): void {
  const mount = record.mounts.filter(({ destination }) => path === destination || path.startsWith(`${destination}/`)).sort((a, b) => b.destination.length - a.destination.length)[0];
  if (mount?.readWrite === false) throw apiError('invalid-parameter', 'mounted volume is marked read-only');
  if (mount === undefined && record.hostConfig.ReadonlyRootfs === true) throw apiError('invalid-parameter', 'container rootfs is marked read-only');
}

export async function exportContainer(engine: Engine, request: ApiRequest): Promise<void> {
  const container = engine.containers.require(request.name);
  const job = startArchiveJob(engine, { kind: 'pack', place: viewOf(engine, container, false), path: '/', name: '', layer: false });
  job.input.close();
  await job.found();
  engine.events.publishContainer('export', container);
  await sendArchive(engine, request, job, HttpHeaders.of({ 'Content-Type': 'application/octet-stream' }));
}

export async function changes(engine: Engine, request: ApiRequest): Promise<void> {
  const container = engine.containers.require(request.name);
  const layers = [baseLayerOf(engine.paths), ...requireLayers(engine, container)];
  const found = readChanges(engine.host.files, overlayFolders(engine.paths, container.id).upper, layers);
  await request.send(200, found.length === 0 ? null : found);
}
