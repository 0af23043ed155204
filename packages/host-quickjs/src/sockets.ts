// Stream sockets, TLS clients, packets and kernel events over ros:socket and ros:tls.

import { codeOf, decodeUtf8, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import type {
  Address, ConnectOptions, Connection, DatagramSocket, Listener, ListenOptions, Netlink, PacketConnection, Packets, Sockets, TlsOptions,
} from '@drover/host';
import { concatBytes } from '@drover/host';
import * as fs from 'ros:fs';
import * as io from 'ros:io';
import * as loop from 'ros:loop';
import * as process from 'ros:process';
import * as socket from 'ros:socket';
import * as tls from 'ros:tls';
import { closedError, connectionOf, Descriptor, writeAll } from './descriptors.ts';

function familyOf(address: Address): readonly [number, string, number] {
  if ('unix' in address) return [socket.AF_UNIX, address.unix, 0];
  return [address.host.includes(':') ? socket.AF_INET6 : socket.AF_INET, address.host, address.port];
}

export function describe(address: Address): string {
  return 'unix' in address ? address.unix : `${address.host}:${address.port}`;
}

/** Closes the descriptor when the deadline or the cancel signal comes first. */
async function guarded<T>(descriptor: Descriptor, what: string, timeoutMs: number, cancel: Cancel | undefined, work: () => Promise<T>): Promise<T> {
  let reason: Error | undefined;
  const stop = (error: Error): void => {
    reason = error;
    descriptor.close();
  };
  const timer = loop.setTimer(() => stop(new RosError('timeout', `${what}: no answer within ${timeoutMs} ms`)), timeoutMs);
  const leave = cancel?.onCancel(stop);
  try {
    const result = await work();
    if (reason !== undefined) throw reason;
    return result;
  } catch (error) {
    descriptor.close();
    throw reason ?? error;
  } finally {
    loop.clearTimer(timer);
    leave?.();
  }
}

export class QuickjsSockets implements Sockets {
  async connect(address: Address, options: ConnectOptions = {}): Promise<Connection> {
    const [family, host, port] = familyOf(address);
    const descriptor = new Descriptor(socket.socket(family, socket.SOCK_STREAM, 0));
    return guarded(descriptor, `connecting to ${describe(address)}`, options.timeoutMs ?? 30_000, options.cancel, async () => {
      if (!socket.connect(descriptor.fd, family, host, port)) {
        await descriptor.writable();
        if (descriptor.isOpen) socket.socketError(descriptor.fd);
      }
      if (family !== socket.AF_UNIX && descriptor.isOpen) socket.setOption(descriptor.fd, socket.IPPROTO_TCP, socket.TCP_NODELAY, 1);
      if (options.tls === undefined) return connectionOf(descriptor);
      await options.beforeTls?.(connectionOf(descriptor));
      return startTls(descriptor, options.tls);
    });
  }

  openDatagrams(local: { readonly host: string; readonly port: number }): Promise<DatagramSocket> {
    const [family, host, port] = familyOf(local);
    const descriptor = new Descriptor(socket.socket(family, socket.SOCK_DGRAM, 0));
    try {
      socket.bind(descriptor.fd, family, host, port);
    } catch (error) {
      descriptor.close();
      return Promise.reject(new RosError('listen-failed', `binding ${describe(local)} failed`, { cause: error }));
    }
    return Promise.resolve({
      port: socket.boundPort(descriptor.fd),
      async send(bytes, to) {
        const [toFamily, toHost, toPort] = familyOf(to);
        while (descriptor.isOpen && socket.sendTo(descriptor.fd, bytes, toFamily, toHost, toPort) === null) await descriptor.writable();
      },
      async receive() {
        for (;;) {
          if (!descriptor.isOpen) return undefined;
          const got = socket.receiveFrom(descriptor.fd, scratch);
          if (got !== null) return { bytes: scratch.slice(0, got[0]), from: { host: got[1], port: got[2] } };
          await descriptor.readable();
        }
      },
      close: () => descriptor.close(),
    });
  }

  listen(address: Address, onConnection: (connection: Connection) => void, options: ListenOptions = {}): Listener {
    const [family, host, port] = familyOf(address);
    const fd = socket.socket(family, socket.SOCK_STREAM, 0);
    try {
      if ('unix' in address) removeStaleSocket(address.unix);
      else socket.setOption(fd, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1);
      socket.bind(fd, family, host, port);
      if ('unix' in address) {
        fs.chmod(address.unix, options.mode ?? 0o600);
        if (options.gid !== undefined) fs.chown(address.unix, 0, options.gid);
      }
      socket.listen(fd, 128);
    } catch (error) {
      io.close(fd);
      throw new RosError('listen-failed', `listening on ${describe(address)} failed`, { cause: error });
    }
    loop.watch(fd, 1, () => {
      for (let accepted = accept(fd); accepted !== null; accepted = accept(fd)) onConnection(connectionOf(new Descriptor(accepted)));
    });
    return {
      port: 'unix' in address ? 0 : socket.boundPort(fd),
      close() {
        loop.unwatch(fd);
        io.close(fd);
        if ('unix' in address) removeStaleSocket(address.unix);
      },
    };
  }
}

/** A client that gave up before it was accepted, or no descriptor left: try again at the next event. */
function accept(fd: number): number | null {
  try {
    return socket.accept(fd);
  } catch (error) {
    if (['ECONNABORTED', 'EMFILE', 'ENFILE', 'EPROTO'].includes(codeOf(error) ?? '')) return null;
    throw error;
  }
}

function removeStaleSocket(path: string): void {
  try {
    fs.unlink(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

const scratch = new Uint8Array(65536);

async function startTls(descriptor: Descriptor, options: TlsOptions): Promise<Connection> {
  const session = tls.open(descriptor.fd, options.serverName, options.authorities ?? null, options.certificate ?? null, options.key ?? null);
  const settle = async (step: () => number | 'read' | 'write'): Promise<number> => {
    for (;;) {
      if (!descriptor.isOpen) return 0;
      const result = step();
      if (typeof result === 'number') return result;
      await (result === 'read' ? descriptor.readable() : descriptor.writable());
    }
  };
  await settle(() => tls.handshake(session));
  return {
    async read() {
      const got = await settle(() => tls.read(session, scratch));
      return got > 0 ? scratch.slice(0, got) : undefined;
    },
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (!descriptor.isOpen) throw closedError();
        at += await settle(() => tls.write(session, bytes.subarray(at)));
      }
    },
    closeWrite: () => tls.close(session),
    close() {
      if (descriptor.isOpen) tls.close(session);
      descriptor.close();
    },
  };
}

export class QuickjsPackets implements Packets {
  async connect(path: string, kind: 'sequence' | 'datagram' = 'sequence'): Promise<PacketConnection> {
    const descriptor = new Descriptor(socket.socket(socket.AF_UNIX, kind === 'sequence' ? socket.SOCK_SEQPACKET : socket.SOCK_DGRAM, 0));
    return guarded(descriptor, `connecting to ${path}`, 10_000, undefined, async () => {
      if (!socket.connect(descriptor.fd, socket.AF_UNIX, path, 0)) await descriptor.writable();
      return packetConnectionOf(descriptor);
    });
  }
}

function packetConnectionOf(descriptor: Descriptor): PacketConnection {
  return { ...connectionOf(descriptor), write: (bytes) => writeAll(descriptor, bytes, (part) => socket.send(descriptor.fd, part)) };
}

export class QuickjsNetlink implements Netlink {
  watchUevents(onEvent: (event: ReadonlyMap<string, string>) => void): { close(): void } {
    const fd = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, socket.NETLINK_KOBJECT_UEVENT);
    socket.setOption(fd, socket.SOL_SOCKET, socket.SO_RCVBUFFORCE, 1 << 20);
    socket.bind(fd, socket.AF_NETLINK, '', 1);
    loop.watch(fd, 1, () => {
      for (let got = receiveEvent(fd); got !== null; got = receiveEvent(fd)) if (got.size > 0) onEvent(got);
    });
    return {
      close() {
        loop.unwatch(fd);
        io.close(fd);
      },
    };
  }

  askRoutes(request: Uint8Array, pid?: number): Uint8Array {
    const open = (): number => socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE);
    const fd = pid === undefined ? open() : inNetworkOf(pid, open);
    try {
      socket.send(fd, request);
      const answers: Uint8Array[] = [];
      for (let got = socket.receive(fd, scratch); got !== null && got > 0; got = socket.receive(fd, scratch)) answers.push(scratch.slice(0, got));
      return concatBytes(answers);
    } finally {
      io.close(fd);
    }
  }
}

/** A socket belongs to the network namespace that it was opened in. */
function inNetworkOf<T>(pid: number, work: () => T): T {
  const own = io.open('/proc/self/ns/net', io.O_RDONLY, 0);
  try {
    const theirs = io.open(`/proc/${pid}/ns/net`, io.O_RDONLY, 0);
    try {
      process.joinNamespace(theirs, process.CLONE_NEWNET);
    } finally {
      io.close(theirs);
    }
    try {
      return work();
    } finally {
      process.joinNamespace(own, process.CLONE_NEWNET);
    }
  } finally {
    io.close(own);
  }
}

/** Empty for a message that is not the kernel's or that was lost to a full buffer. */
function receiveEvent(fd: number): Map<string, string> | null {
  try {
    const got = socket.receiveFrom(fd, scratch);
    if (got === null) return null;
    if (got[2] !== 0) return new Map();
    const words = decodeUtf8(scratch.subarray(0, got[0])).split('\0').slice(1);
    return new Map(words.filter((word) => word.includes('=')).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  } catch (error) {
    if (codeOf(error) === 'ENOBUFS') return new Map();
    throw error;
  }
}
