// The log driver `syslog`: what a container says is in its log as ever, and this passes each line on to a syslog server.
// While the server is away lines wait in the log. An engine that starts again goes on behind the last line that was sent.
// INVARIANT: a container has at most one forwarder; it ends when the container has ended and its log is read.

import { CancelSource, codeOf, decodeUtf8, encodeUtf8, explain, join } from '@drover/core';
import type { StreamName } from '@drover/docker-api';
import { resolveName } from '@drover/fetch';
import type { Connection } from '@drover/host';
import { concatBytes } from '@drover/host';
import { apiError } from '../api-error.ts';
import type { Container } from '../container/container.ts';
import { isAlive } from '../container/container-states.ts';
import type { Engine } from '../engine.ts';
import { TIME_LENGTH } from './log-lines.ts';
import { readLog } from './read-log.ts';
import type { SyslogAddress, SyslogSender } from './syslog-message.ts';
import { parseSyslogAddress, renderSyslogMessage } from './syslog-message.ts';

const RETRY_MS = 1000;
const CONNECT_MS = 5000;
/** How long a container that has ended waits for the server. */
const PATIENCE_MS = 5000;
/** Of one message; servers cut what is longer. */
const MESSAGE_LENGTH = 8192;

/** Resolves when the container has ended and everything is sent. */
export async function forwardLog(engine: Engine, container: Container): Promise<void> {
  const { record } = container;
  const options = record.hostConfig.LogConfig?.Config ?? {};
  const address = parseSyslogAddress(options['syslog-address'] ?? '');
  const sender: SyslogSender = {
    options, isLocal: 'unix' in address, hostName: engine.host.kernel.hostName(), pid: engine.host.processes.pid,
    container: { id: container.id, name: record.name, imageId: record.imageId, imageName: record.config.Image ?? '' },
  };
  const server = new SyslogServer(engine, container, address);
  const place = forwardedPath(engine, container);
  let last = engine.host.files.readTextIfPresent(place) ?? '';
  const rest: Record<StreamName, string> = { stdin: '', stdout: '', stderr: '' };
  try {
    await readLog(engine, container, { follow: true, tail: undefined, timestamps: true, stdout: true, stderr: true, since: last, until: undefined }, async ({ stream, bytes }) => {
      const lines = (rest[stream] + decodeUtf8(bytes)).split('\n');
      rest[stream] = lines.pop() ?? '';
      for (const line of lines) {
        const time = line.slice(0, TIME_LENGTH);
        if (time === last) continue; // sent by the engine that was here before
        await server.send(renderSyslogMessage(sender, stream, time, line.slice(TIME_LENGTH + 'Z '.length)));
        last = time;
      }
      noteForwarded(engine, container, last);
    }, new CancelSource());
  } finally {
    server.close();
  }
}

/** The container is about to start: what it says from now on is to be sent. Throws `system` when the server is not there. */
export async function prepareForwarding(engine: Engine, container: Container): Promise<void> {
  const server = new SyslogServer(engine, container, parseSyslogAddress(container.record.hostConfig.LogConfig?.Config?.['syslog-address'] ?? ''));
  try {
    await server.connect();
  } catch (error) {
    throw apiError('system', `failed to create task for container: failed to initialize logging driver: ${explain(error)}`, { cause: error });
  } finally {
    server.close();
  }
  noteForwarded(engine, container, `${new Date(engine.host.clock.now()).toISOString().slice(0, 23)}000000`);
}

/** In the bundle: the time of the last line that was sent. */
function forwardedPath({ paths }: Engine, { id }: Container): string {
  return join(paths.bundle(id), 'forwarded');
}

function noteForwarded(engine: Engine, container: Container, time: string): void {
  if (engine.host.files.exists(engine.paths.bundle(container.id))) engine.host.files.replace(forwardedPath(engine, container), time, { mode: 0o600 });
}

class SyslogServer {
  private readonly engine: Engine;
  private readonly container: Container;
  private readonly address: SyslogAddress;
  private channel: Channel | undefined;

  constructor(engine: Engine, container: Container, address: SyslogAddress) {
    this.engine = engine;
    this.container = container;
    this.address = address;
  }

  async connect(): Promise<Channel> {
    this.channel ??= await open(this.engine, this.address);
    return this.channel;
  }

  /** Again and again while the container runs, and a little longer. */
  async send(message: string): Promise<void> {
    const { clock } = this.engine.host;
    for (let leftMs = PATIENCE_MS; ; leftMs = isAlive(this.container.status) ? PATIENCE_MS : leftMs - RETRY_MS) {
      try {
        await (await this.connect()).send(encodeUtf8(message.slice(0, MESSAGE_LENGTH)));
        return;
      } catch (error) {
        this.close();
        if (leftMs === PATIENCE_MS) this.engine.log.debug(`a message to syslog has to wait: ${explain(error)}`, { container: this.container.id });
        if (leftMs <= 0) throw error;
      }
      await clock.sleep(RETRY_MS);
    }
  }

  close(): void {
    this.channel?.close();
    this.channel = undefined;
  }
}

interface Channel {
  send(message: Uint8Array): Promise<void>;
  close(): void;
}

const LINE_END = encodeUtf8('\n');

async function open({ host }: Engine, address: SyslogAddress): Promise<Channel> {
  if ('unix' in address) {
    try {
      const packets = await host.packets.connect(address.unix, 'datagram');
      return { send: (message) => packets.write(message), close: () => packets.close() };
    } catch (error) {
      if (codeOf(error) !== 'EPROTOTYPE') throw error;
    }
    return streamChannel(await host.sockets.connect(address));
  }
  const [found] = await resolveName(host, address.host, new CancelSource());
  const to = { host: found ?? address.host, port: address.port };
  if (address.kind === 'tcp') return streamChannel(await host.sockets.connect(to, { timeoutMs: CONNECT_MS }));
  const socket = await host.sockets.openDatagrams({ host: to.host.includes(':') ? '::' : '0.0.0.0', port: 0 });
  return { send: (message) => socket.send(message, to), close: () => socket.close() };
}

function streamChannel(connection: Connection): Channel {
  return { send: (message) => connection.write(concatBytes([message, LINE_END])), close: () => connection.close() };
}
