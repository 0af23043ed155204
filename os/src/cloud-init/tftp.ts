// TFTP (RFC 1350): reading one file, in blocks of 512 bytes, each acknowledged.

import { CancelSource, decodeUtf8, encodeUtf8, RosError } from '@drover/core';
import type { Cancel } from '@drover/core';
import { resolveName } from '@drover/fetch';
import type { ResolverHost } from '@drover/fetch';
import type { DatagramSocket } from '@drover/host';
import { concatBytes } from '@drover/host';

const BLOCK_BYTES = 512;
const RESEND_MS = 1000;
const ATTEMPTS = 5;
const KIND = { read: 1, data: 3, acknowledge: 4, error: 5 } as const;

/** `address`: HOST[:PORT]/PATH. Throws `tftp` for what the server says, `timeout`, `too-large`. */
export async function getTftp(host: ResolverHost, address: string, limitBytes: number, cancel?: Cancel): Promise<Uint8Array> {
  const found = /^(?:\[([0-9a-f:]+)\]|([^/:]+))(?::(\d+))?\/(.+)$/i.exec(address.replace(/^(tftp:)?\/\//, ''));
  if (found === null) throw new RosError('bad-url', `${JSON.stringify(address)} is no address of a file on a TFTP server`, { hint: 'write it as HOST/PATH or HOST:PORT/PATH' });
  const [server] = await resolveName(host, found[1] ?? found[2]!, cancel);
  const socket = await host.sockets.openDatagrams({ host: server!.includes(':') ? '::' : '0.0.0.0', port: 0 });
  const leave = cancel?.onCancel(() => socket.close());
  try {
    return await transfer(host, socket, { host: server!, port: Number(found[3] ?? 69) }, found[4]!, limitBytes);
  } finally {
    leave?.();
    socket.close();
  }
}

async function transfer(host: ResolverHost, socket: DatagramSocket, server: { host: string; port: number }, path: string, limitBytes: number): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  let message = concatBytes([Uint8Array.of(0, KIND.read), encodeUtf8(`${path}\0octet\0`)]);
  let to = server;
  let lengthBytes = 0;
  for (let wanted = 1; ; wanted += 1) {
    const got = await exchange(host.clock, () => socket.send(message, to), async () => {
      for (;;) {
        const datagram = await socket.receive();
        if (datagram === undefined) throw new RosError('timeout', 'the transfer was ended');
        if (datagram.from.host !== server.host || datagram.bytes.length < 4) continue;
        const [kind, number] = [datagram.bytes[1]!, (datagram.bytes[2]! << 8) | datagram.bytes[3]!];
        if (kind === KIND.error) throw new RosError('tftp', `the TFTP server answers: ${decodeUtf8(datagram.bytes.subarray(4)).replace(/[^ -~]/g, '')} (${number})`);
        if (kind === KIND.data && number === (wanted & 0xffff)) return datagram;
      }
    });
    to = got.from; // the server goes on from a port of its own
    const block = got.bytes.subarray(4);
    blocks.push(block);
    lengthBytes += block.length;
    if (lengthBytes > limitBytes) throw new RosError('too-large', `the file is larger than ${limitBytes >> 10} KiB`);
    message = Uint8Array.of(0, KIND.acknowledge, got.bytes[2]!, got.bytes[3]!);
    if (block.length < BLOCK_BYTES) {
      await socket.send(message, to);
      return concatBytes(blocks);
    }
  }
}

/** Says it again while no answer comes. */
async function exchange<T>(clock: ResolverHost['clock'], send: () => Promise<void>, receive: () => Promise<T>): Promise<T> {
  const answer = receive();
  const done = new CancelSource();
  answer.then(() => done.cancel(), () => done.cancel());
  for (let attempt = 0; attempt < ATTEMPTS && !done.cancelled; attempt += 1) {
    await send();
    await Promise.race([answer, clock.sleep(RESEND_MS, done).catch(() => undefined)]);
  }
  if (!done.cancelled) throw new RosError('timeout', 'the TFTP server does not answer');
  return answer;
}
