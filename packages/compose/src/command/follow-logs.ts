// Lines of all containers of some services, each with the container's name in front.

import { decodeUtf8 } from '@drover/core';
import type { DockerClient, LogOptions } from '@drover/docker-api';
import { selectServices } from '../plan/select-services.ts';
import type { ObservedContainer } from '../observe/observe.ts';
import type { Session } from './session.ts';

export interface FollowOptions {
  readonly follow: boolean;
  readonly prefix: boolean;
  readonly tail?: number | 'all';
  readonly since?: string;
  readonly timestamps?: boolean;
}

/** Without `follow` it ends with the logs; with it when all containers have ended, or when it is cancelled. */
export async function followLogs(session: Session, services: readonly string[], options: FollowOptions): Promise<void> {
  const project = await session.load();
  const names = selectServices(project, services, false);
  const { containers } = await session.observeContainers(project);
  const wanted = new Set(names);
  const shown = containers.filter((one) => wanted.has(one.service));
  const client = await session.client();
  const width = Math.max(0, ...shown.map((one) => prefixOf(project.name, one.name).length));
  await Promise.all(shown.map((one) => printLogs(session, client, one, options, options.prefix ? `${prefixOf(project.name, one.name).padEnd(width)}  | ` : '')));
}

/** Without the project's name. */
function prefixOf(project: string, container: string): string {
  return container.startsWith(`${project}-`) || container.startsWith(`${project}_`) ? container.slice(project.length + 1) : container;
}

async function printLogs(session: Session, client: DockerClient, container: ObservedContainer, options: FollowOptions, prefix: string): Promise<void> {
  const rest = { stdout: '', stderr: '' };
  const { prefix: _, ...query } = options;
  const request: LogOptions = { ...query, timeoutMs: 0, cancel: session.cancel };
  const print = (stream: 'stdout' | 'stderr', text: string): void => (stream === 'stderr' ? session.io.err : session.io.out)(`${prefix}${text}\n`);
  const terminal = (await client.inspectContainer(container.id))?.Config.Tty === true;
  const logs = terminal ? client.rawLogs(container.id, request) : client.logs(container.id, request);
  for await (const { stream, bytes } of logs) {
    if (stream === 'stdin') continue;
    const lines = (rest[stream] + decodeUtf8(bytes)).split('\n');
    rest[stream] = lines.pop()!;
    for (const line of lines) print(stream, line);
  }
  for (const stream of ['stdout', 'stderr'] as const) if (rest[stream] !== '') print(stream, rest[stream]);
}
