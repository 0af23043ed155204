// `docker rm`: with force it ends what runs first.

import type { Engine } from '../engine.ts';
import type { Container } from './container.ts';
import { isAlive, refusalOf } from './container-states.ts';
import type { RemoveOptions } from './remove-stopped.ts';
import { removeStopped } from './remove-stopped.ts';
import { killAndWait } from './stop-container.ts';

/** Throws the refusals of the state table. */
export async function removeContainer(engine: Engine, container: Container, options: RemoveOptions): Promise<void> {
  const refusal = refusalOf('remove', container.status, container.id, container.name);
  if (refusal !== undefined && (options.force !== true || !isAlive(container.status))) throw refusal;
  if (isAlive(container.status)) await killAndWait(engine, container);
  await removeStopped(engine, container, options);
}
