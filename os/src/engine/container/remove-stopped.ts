// Removing a container that does not run. The rename of its folder is the point of no return: what a crash leaves after
// it is cleared away at the next start.

import { explain } from '@drover/core';
import { apiError } from '../api-error.ts';
import type { Engine } from '../engine.ts';
import { removeOverlay } from '../storage/overlay.ts';
import { removeTree } from '../storage/trees.ts';
import type { Container } from './container.ts';
import { sendClientsAway } from './release-runtime.ts';
import { REMOVING } from './container-store.ts';
import { refusalOf } from './container-states.ts';

export interface RemoveOptions {
  readonly force?: boolean;
  /** The anonymous volumes too. */
  readonly volumes?: boolean;
}

/** No error when it is gone already: --rm and `docker rm -f` may meet. */
export async function removeStopped(engine: Engine, container: Container, options: RemoveOptions): Promise<void> {
  await engine.locks.run(container.id, async () => {
    if (engine.containers.get(container.id) !== container) return;
    const refusal = refusalOf('remove', container.status, container.id, container.name);
    if (refusal !== undefined) throw refusal;
    container.transition('removing');
    try {
      await remove(engine, container, options);
    } catch (error) {
      container.transition('remove-failed');
      container.outcome = { ...container.outcome, error: explain(error) };
      throw apiError('system', `container ${container.id}: ${explain(error)}`, { cause: error });
    }
  });
}

async function remove(engine: Engine, container: Container, options: RemoveOptions): Promise<void> {
  const { host, paths } = engine;
  const directory = paths.container(container.id);
  const doomed = directory + REMOVING;
  if (host.files.exists(directory)) host.files.rename(directory, doomed);
  sendClientsAway(container);
  for (const wake of container.logListeners) wake();
  await container.forwarding?.catch(() => undefined); // it reads from its open file, and has little patience now
  await removeOverlay(host, paths, container.id);
  await removeTree(host, doomed);
  engine.containers.forget(container);
  engine.execs.forgetContainer(container.id);
  if (options.volumes === true) await removeAnonymousVolumes(engine, container);
  engine.events.publishContainer('destroy', container);
  container.outcome = { ...container.outcome, error: '' }; // who waits for its removal hears of that, not of its start
  container.removed.reach();
}

/** Those that no other container uses. */
async function removeAnonymousVolumes(engine: Engine, container: Container): Promise<void> {
  const used = new Set(engine.containers.list().flatMap((other) => other.record.mounts.map((mount) => mount.name)));
  for (const { name, anonymous } of container.record.mounts) {
    if (name !== undefined && anonymous === true && !used.has(name) && engine.volumes.has(name)) await engine.volumes.remove(name);
  }
}
