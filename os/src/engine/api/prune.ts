// The routes that clear away what nobody uses, and the one that counts it: prune, system df.

import type { Filters } from '@drover/docker-api';
import { join } from '@drover/core';
import { apiError } from '../api-error.ts';
import { measureContainer } from '../container/measure-container.ts';
import { isAlive } from '../container/container-states.ts';
import { renderSummary } from '../container/render-summary.ts';
import { removeStopped } from '../container/remove-stopped.ts';
import type { Engine } from '../engine.ts';
import { overlayFolders } from '../storage/overlay.ts';
import { measureTree } from '../storage/trees.ts';
import type { ApiRequest } from './api-request.ts';
import { renderImageSummary } from './image-routes.ts';
import { matchesLabels, parseFilters } from './parse-filters.ts';
import { parseUntil } from './parse-until.ts';

export async function pruneContainers(engine: Engine, request: ApiRequest): Promise<void> {
  const filters = parseFilters(request.query.get('filters'), ['label', 'label!', 'until']);
  const until = parseUntil(filters['until'], engine.host.clock.now());
  const removed: string[] = [];
  let reclaimed = 0;
  for (const container of engine.containers.list()) {
    const { record, status } = container;
    if (isAlive(status) || Date.parse(record.createdAt) > until || !passesLabels(filters, record.config.Labels)) continue;
    reclaimed += await measureTree(engine.host, overlayFolders(engine.paths, container.id).upper);
    await removeStopped(engine, container, {});
    removed.push(container.id);
  }
  await request.send(200, { ContainersDeleted: removed.length === 0 ? null : removed, SpaceReclaimed: reclaimed });
}

export function passesLabels(filters: Filters, labels: Readonly<Record<string, string>>): boolean {
  return matchesLabels(filters['label'], labels) && !(filters['label!'] ?? []).some((text) => matchesLabels([text], labels));
}

/** Anonymous ones, or with `all` every one that no container uses. */
export async function pruneVolumes(engine: Engine, request: ApiRequest): Promise<void> {
  const filters = parseFilters(request.query.get('filters'), ['all', 'label', 'label!']);
  const all = request.version < 42 || ['true', '1'].includes(filters['all']?.[0] ?? '');
  const used = new Set(engine.containers.list().flatMap(({ record }) => record.mounts.map(({ name }) => name)));
  const doomed = engine.volumes.list().filter(({ Name, Labels }) => !used.has(Name) && (all || engine.volumes.isAnonymous(Name)) && passesLabels(filters, Labels ?? {}));
  let reclaimed = 0;
  for (const { Name } of doomed) {
    reclaimed += await measureTree(engine.host, engine.volumes.dataPath(Name));
    await engine.volumes.remove(Name);
    engine.events.publish('volume', 'destroy', Name, { driver: 'local' });
  }
  await request.send(200, { VolumesDeleted: doomed.map(({ Name }) => Name), SpaceReclaimed: reclaimed });
}

const KINDS = ['container', 'image', 'volume', 'build-cache'];

/** What everything takes on disk. */
export async function diskUsage(engine: Engine, request: ApiRequest): Promise<void> {
  const asked = request.query.getAll('type');
  const odd = asked.find((kind) => !KINDS.includes(kind));
  if (odd !== undefined) throw apiError('invalid-parameter', `unknown object type: ${odd}`);
  const wants = (kind: string): boolean => asked.length === 0 || asked.includes(kind);
  const containers = engine.containers.list();
  await request.send(200, {
    ...(wants('image') && { LayersSize: engine.images.list().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), Images: engine.images.list().map((image) => ({ ...renderImageSummary(engine, image), SharedSize: 0, Containers: containers.filter(({ record }) => record.imageId === image.id).length })) }),
    ...(wants('container') && { Containers: await Promise.all(containers.map(async (container) => ({ ...renderSummary(engine, container), ...(await measureContainer(engine, container)) }))) }),
    ...(wants('volume') && { Volumes: await Promise.all(engine.volumes.list().map(async (volume) => ({ ...volume, UsageData: await measureVolume(engine, volume.Name) }))) }),
    ...(wants('build-cache') && { BuildCache: [] }),
  });
}

async function measureVolume(engine: Engine, name: string): Promise<{ readonly Size: number; readonly RefCount: number }> {
  const users = engine.containers.list().filter(({ record }) => record.mounts.some((mount) => mount.name === name));
  return { Size: await measureTree(engine.host, join(engine.volumes.dataPath(name))), RefCount: users.length };
}
