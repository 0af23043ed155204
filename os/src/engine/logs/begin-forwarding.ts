// Whether a container's log is sent somewhere else; what does it is loaded for those alone.

import type { Container } from '../container/container.ts';
import { isAlive } from '../container/container-states.ts';
import type { Engine } from '../engine.ts';

export function isForwarded({ record }: Container): boolean {
  return record.hostConfig.LogConfig?.Type === 'syslog';
}

/** The container runs. Nothing happens when its log is being sent already. */
export function beginForwarding(engine: Engine, container: Container): void {
  if (!isForwarded(container) || container.forwarding !== undefined) return;
  const work = import('./forward-log.ts').then(({ forwardLog }) => forwardLog(engine, container)).finally(() => {
    container.forwarding = undefined;
    if (isAlive(container.status)) beginForwarding(engine, container); // started again meanwhile
  });
  container.forwarding = work;
  engine.log.background('sending a log to syslog', work, { container: container.id, name: container.name });
}
