// `docker attach` and the attached side of `docker run`: a client and a container's streams, from before its start to
// its end.

import { deferred } from '@drover/core';
import type { Connection } from '@drover/host';
import type { Container } from '../container/container.ts';
import type { Engine } from '../engine.ts';
import type { AttachClient } from './attach-hub.ts';
import { AttachHub } from './attach-hub.ts';
import { StreamClient } from './stream-client.ts';

export interface AttachOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/**
 * Resolves when the client has everything that the container printed, or has left; the connection is closed then.
 * `before` sends what comes before the container's own output.
 */
export async function attachStream(engine: Engine, container: Container, options: AttachOptions, connection: Connection, before: (client: StreamClient) => Promise<void>): Promise<void> {
  const client = new StreamClient(connection, container.record.config.Tty === true);
  const ended = deferred();
  const session: AttachClient = {
    wantsOutput: options.stdout || options.stderr,
    givesInput: options.stdin && container.record.config.OpenStdin === true,
    receive: (stream, bytes) => (options[stream] ? client.send(stream, bytes) : Promise.resolve()),
    end: () => ended.resolve(),
  };
  await before(client);
  await join(engine, container, session);
  // A client whose input ends has detached, unless that end is for the container to read: then it waits for output.
  if (session.givesInput) void giveInput(container, session, client).finally(() => !container.inputEndsWithClient && ended.resolve());
  await Promise.race([ended.promise, client.finished]);
  container.waitingClients.delete(session);
  container.hub?.remove(session);
  client.end();
  await client.finished;
}

async function join(engine: Engine, container: Container, session: AttachClient): Promise<void> {
  if (container.status !== 'running' && container.status !== 'paused') {
    container.waitingClients.add(session);
    return;
  }
  if (container.hub === undefined || container.hub.isClosed) container.hub = await AttachHub.open(engine.host, engine.paths.attachSocket(container.id), container.inputEndsWithClient);
  container.hub.add(session);
}

async function giveInput(container: Container, session: AttachClient, client: StreamClient): Promise<void> {
  let hub: AttachHub | undefined;
  const connected = async (): Promise<AttachHub | undefined> => {
    while (container.waitingClients.has(session)) await container.connected.wait();
    hub ??= container.hub;
    return hub;
  };
  await client.readInput(async (bytes) => (await connected())?.write(bytes));
  (await connected())?.endInput();
}
