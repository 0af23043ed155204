// Stream sockets and TLS clients over node:net and node:tls.
// Limit of Node: an internet listener binds in a later turn. Until then its `port` is 0, and a port that is taken is
// told by an uncaught error.

import { chmodSync, chownSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { deferred, RosError } from '@drover/core';
import type { Address, ConnectOptions, Connection, Listener, ListenOptions, Sockets, TlsOptions } from '@drover/host';
import { sinkOf, sourceOf } from './node-streams.ts';

function describe(address: Address): string {
  return 'unix' in address ? address.unix : `${address.host}:${address.port}`;
}

function connectionOf(socket: Socket): Connection {
  const source = sourceOf(socket);
  const sink = sinkOf(socket);
  return {
    read: () => source.read(),
    write: (bytes) => sink.write(bytes),
    closeWrite: () => void socket.end(),
    close: () => source.close(),
  };
}

function openTls(socket: Socket, options: TlsOptions): Socket {
  return connectTls({
    socket,
    servername: options.serverName,
    rejectUnauthorized: options.authorities !== undefined,
    ...(options.authorities !== undefined && { ca: options.authorities }),
    ...(options.certificate !== undefined && { cert: options.certificate }),
    ...(options.key !== undefined && { key: options.key }),
  });
}

export class NodeSockets implements Sockets {
  async connect(address: Address, options: ConnectOptions = {}): Promise<Connection> {
    const plain = connect('unix' in address ? { path: address.unix, allowHalfOpen: true } : { host: address.host, port: address.port, allowHalfOpen: true, noDelay: true });
    const socket = options.tls === undefined ? plain : openTls(plain, options.tls);
    const done = deferred();
    const stop = (error: Error): void => done.reject(error);
    plain.on('error', stop);
    socket.on('error', stop);
    socket.once(options.tls === undefined ? 'connect' : 'secureConnect', () => done.resolve());
    const timeoutMs = options.timeoutMs ?? 30_000;
    const timer = setTimeout(() => stop(new RosError('timeout', `connecting to ${describe(address)}: no answer within ${timeoutMs} ms`)), timeoutMs);
    const leave = options.cancel?.onCancel(stop);
    try {
      await done.promise;
      return connectionOf(socket);
    } catch (error) {
      plain.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      leave?.();
    }
  }

  listen(address: Address, onConnection: (connection: Connection) => void, options: ListenOptions = {}): Listener {
    const server = createServer({ allowHalfOpen: true }, (socket) => onConnection(connectionOf(socket)));
    if ('unix' in address) {
      rmSync(address.unix, { force: true });
      server.listen(address.unix);
      chmodSync(address.unix, options.mode ?? 0o600);
      if (options.gid !== undefined) chownSync(address.unix, 0, options.gid);
    } else server.listen(address.port, address.host);
    return {
      get port() {
        const bound = server.address();
        return bound !== null && typeof bound === 'object' ? bound.port : 0;
      },
      close() {
        server.close();
        if ('unix' in address) rmSync(address.unix, { force: true });
      },
    };
  }
}
