// Creating a container: decide everything, make its layer and its volumes, and write its record: that write is what
// makes it exist. A crash before it leaves only what the next start clears away.

import { encodeHex, join } from '@drover/core';
import type { ContainerCreateBody, ContainerCreated } from '@drover/docker-api';
import type { Engine } from '../engine.ts';
import type { Image } from '../image/image-store.ts';
import { apiError } from '../api-error.ts';
import { planEndpointRequests } from '../network/endpoint-requests.ts';
import { createOverlay, mountOverlay, removeOverlay, unmountOverlay } from '../storage/overlay.ts';
import { resolveInRoot } from '../storage/scoped-path.ts';
import { copyTree, removeTree } from '../storage/trees.ts';
import { planVolumes } from '../volume/plan-volumes.ts';
import { checkCreate } from './check-create.ts';
import { Container } from './container.ts';
import { chooseName } from './container-names.ts';
import type { ContainerRecord, MountRecord } from './container-record.ts';
import { NO_OUTCOME, RECORD_FORMAT } from './container-record.ts';

/** Throws API errors. */
export async function createContainer(engine: Engine, name: string, body: ContainerCreateBody): Promise<ContainerCreated> {
  const { host, containers, images, events } = engine;
  if (!body.Image) throw apiError('invalid-parameter', 'no image specified');
  const image = images.require(body.Image);
  const id = encodeHex(host.random(32));
  const hostName = body.HostConfig?.NetworkMode === 'host' ? host.kernel.hostName() : id.slice(0, 12);
  const checked = checkCreate(body, image.config, { hostName });
  const { path, args, config, hostConfig } = checked;
  const mounts = planMounts(engine, config, hostConfig);
  const lost = hostConfig.Links?.map((link) => link.split(':', 1)[0]!).find((name) => containers.find(name) === undefined);
  if (lost !== undefined) throw apiError('invalid-parameter', `could not get container for ${lost}: No such container: ${lost}`);
  const reserved = containers.reserveName(name === '' ? chooseName((length) => host.random(length), (one) => containers.isNameFree(one)) : name, id);
  const createdAt = new Date(host.clock.now()).toISOString();
  const networks = planEndpointRequests(hostConfig, body.NetworkingConfig, (text) => engine.networks.find(text));
  const record: ContainerRecord = { format: RECORD_FORMAT, id, name: reserved, createdAt, path, args, imageId: image.id, config, hostConfig, mounts, ...(networks !== undefined && { networks }) };
  try {
    await make(engine, image, record);
  } catch (error) {
    containers.releaseName(reserved);
    await removeTree(host, engine.paths.container(id));
    await removeOverlay(host, engine.paths, id);
    throw error;
  }
  const container = new Container(record, NO_OUTCOME, 'created');
  containers.add(container);
  events.publishContainer('create', container);
  return { Id: id, Warnings: checked.warnings };
}

function planMounts({ host, volumes, containers }: Engine, config: ContainerRecord['config'], hostConfig: ContainerRecord['hostConfig']): MountRecord[] {
  return planVolumes(config, hostConfig, {
    volumePath: (name) => volumes.dataPath(name),
    newVolumeName: () => volumes.newName(),
    sourceExists: (path) => host.files.exists(path),
    mountsOf: (name) => {
      const found = containers.find(name);
      // Not a 404: by that the docker command understands that the image is missing.
      if (found === undefined) throw apiError('invalid-parameter', `No such container: ${name}`);
      return found.record.mounts;
    },
  });
}

async function make(engine: Engine, image: Image, record: ContainerRecord): Promise<void> {
  const { host, paths, volumes, containers } = engine;
  createOverlay(host, paths, record.id);
  const fresh = record.mounts.filter((mount) => {
    if (mount.type !== 'volume' || mount.name === undefined) return false;
    volumes.create(mount.name, {}, mount.anonymous === true);
    return mount.copyUp && volumes.isFresh(mount.name);
  });
  // Most images have nothing where a volume goes: then there is no need to look through an overlay.
  const filled = fresh.filter((mount) => image.layers.some((layer) => host.files.lstat(join(layer, mount.destination)) !== undefined));
  if (filled.length > 0) await fillVolumes(engine, image, record.id, filled);
  for (const { name } of fresh) volumes.markFilled(name!);
  containers.saveRecord(record);
}

/** A new volume takes over content, owner and mode of what the image has in its place. */
async function fillVolumes(engine: Engine, image: Image, id: string, mounts: readonly MountRecord[]): Promise<void> {
  const { host, paths } = engine;
  const root = mountOverlay(host, paths, id, image.layers);
  try {
    for (const { source, destination } of mounts) {
      const from = resolveInRoot(host.files, root, destination);
      const status = host.files.lstat(from);
      if (status?.type !== 'directory') continue;
      await copyTree(host, from, source);
      host.files.changeOwner(source, status.uid, status.gid);
      host.files.changeMode(source, status.mode);
    }
  } finally {
    unmountOverlay(host, paths, id);
  }
}
