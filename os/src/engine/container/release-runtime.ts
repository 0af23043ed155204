// What a run leaves behind on the machine: its bundle, its mounts, its links. Works from whatever state a crash left.
// The outcome must have been saved before, and crun must have forgotten the container.

import { codeOf, join } from '@drover/core';
import type { Engine } from '../engine.ts';
import { socketName } from '../engine-paths.ts';
import type { RunNetwork } from '../network/network-record.ts';
import { sharedMemoryPath } from '../spec/gather-spec.ts';
import { unmountOverlay } from '../storage/overlay.ts';
import type { Container } from './container.ts';
import type { ContainerRun } from './container-record.ts';
import { RUN_FILE } from './container-store.ts';

/** `next`: what stands in the place of the run; undefined for nothing. */
export function releaseRuntime(engine: Engine, container: Container, next?: ContainerRun): void {
  const { host, paths, containers } = engine;
  const { id } = container;
  const left = container.run?.network;
  container.hub = undefined; // it ends by itself, once its clients have the rest
  unmountOverlay(host, paths, id);
  unmount(engine, sharedMemoryPath(engine, id));
  containers.saveRun(container, next);
  const bundle = paths.bundle(id);
  if (next === undefined) host.files.removeTree(bundle);
  else for (const name of host.files.list(bundle)) if (name !== RUN_FILE) host.files.removeTree(join(bundle, name));
  host.files.remove(join(paths.sockets, socketName(id)));
  host.files.remove(join(paths.exits, id));
  if (left !== undefined) engine.log.background('clearing up after a container on a bridge', leaveNetworks(engine, container, left), { container: id });
}

async function leaveNetworks(engine: Engine, container: Container, { endpoints }: RunNetwork): Promise<void> {
  for (const { networkId, networkName } of endpoints) engine.events.publish('network', 'disconnect', networkId, { container: container.id, name: networkName, type: 'bridge' });
  await (await import('../network/sync-networks.ts')).syncNetworks(engine);
}

function unmount(engine: Engine, path: string): void {
  try {
    engine.host.mounts.unmount(path, { lazy: true });
  } catch (error) {
    if (!['EINVAL', 'ENOENT'].includes(codeOf(error) ?? '')) throw error;
  }
}

/** Those who attached to a container that is not going to run. */
export function sendClientsAway(container: Container): void {
  const clients = [...container.waitingClients];
  container.waitingClients.clear();
  for (const client of clients) client.end();
  container.connected.reach();
}
