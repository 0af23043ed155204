// Stream sockets and TLS clients over node:net and node:tls.
// Limit of Node: an internet listener binds in a later turn. Until then its `port` is 0, and a port that is taken is
// told by an uncaught error.

import { createSocket } from 'node:dgram';
import { chmodSync, chownSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect, createServer, isIP } from 'node:net';
import { deferred, RosError } from '@drover/core';
import type { Deferred } from '@drover/core';
import type { Address, ConnectOptions, Connection, Datagram, DatagramSocket, Listener, ListenOptions, Sockets, TlsOptions } from '@drover/host';
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

function openTls(tls: typeof import('node:tls'), socket: Socket, options: TlsOptions): Socket {
  return tls.connect({
    socket,
    // An address cannot be asked for by name, only compared with the certificate's.
    ...(isIP(options.serverName) === 0 ? { servername: options.serverName } : { host: options.serverName }),
    rejectUnauthorized: options.authorities !== undefined,
    ...(options.authorities !== undefined && { ca: options.authorities }),
    ...(options.certificate !== undefined && { cert: options.certificate }),
    ...(options.key !== undefined && { key: options.key }),
  });
}

export class NodeSockets implements Sockets {
  async connect(address: Address, options: ConnectOptions = {}): Promise<Connection> {
    if (options.beforeTls !== undefined) throw new RosError('unsupported', 'this program cannot reach a TLS server through a proxy');
    // Loaded when it is needed: few programs do, and it costs a tenth of their start.
    const tls = options.tls === undefined ? undefined : await import('node:tls');
    const plain = connect('unix' in address ? { path: address.unix, allowHalfOpen: true } : { host: address.host, port: address.port, allowHalfOpen: true, noDelay: true });
    const socket = tls === undefined ? plain : openTls(tls, plain, options.tls!);
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

  async openDatagrams(local: { readonly host: string; readonly port: number }): Promise<DatagramSocket> {
    const socket = createSocket(local.host.includes(':') ? 'udp6' : 'udp4');
    const bound = deferred();
    socket.once('error', (error) => bound.reject(error));
    socket.bind(local.port, local.host, () => bound.resolve());
    await bound.promise;
    const waiting: Datagram[] = [];
    let reader: Deferred<Datagram | undefined> | undefined;
    let isOpen = true;
    socket.on('message', (bytes, { address, port }) => {
      waiting.push({ bytes: new Uint8Array(bytes), from: { host: address, port } });
      reader?.resolve(waiting.shift());
      reader = undefined;
    });
    return {
      port: socket.address().port,
      send(bytes, to) {
        const done = deferred();
        socket.send(bytes, to.port, to.host, (error) => (error === null ? done.resolve() : done.reject(error)));
        return done.promise;
      },
      receive() {
        if (waiting.length > 0 || !isOpen) return Promise.resolve(waiting.shift());
        reader = deferred();
        return reader.promise;
      },
      close() {
        if (!isOpen) return;
        isOpen = false;
        socket.close();
        reader?.resolve(undefined);
      },
    };
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
