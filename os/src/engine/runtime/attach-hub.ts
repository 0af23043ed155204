// The engine's one connection to the standard streams of a running container, shared by all who are attached to it.
// conmon sends packets whose first byte names the stream, and takes packets of input.
// A client that reads slowly slows down the container, as in moby: nothing is lost and memory stays bounded.

import { codeOf } from '@drover/core';
import type { StreamName } from '@drover/docker-api';
import type { PacketConnection, SystemHost } from '@drover/host';

export interface AttachClient {
  readonly wantsOutput: boolean;
  /** The container's input ends when this client leaves, if the container was made so (StdinOnce). */
  readonly givesInput: boolean;
  /** Resolves when the client can take more. */
  receive(stream: StreamName, bytes: Uint8Array): Promise<void>;
  /** The container has ended, or its monitor has. */
  end(): void;
}

const STREAMS: Readonly<Record<number, StreamName>> = { 2: 'stdout', 3: 'stderr' };

/** conmon drops what is beyond 32 KiB of a packet. */
const INPUT_PACKET_BYTES = 16 << 10;

export class AttachHub {
  private readonly connection: PacketConnection;
  private readonly clients: Set<AttachClient> = new Set();
  /** conmon closes the container's input when the engine hangs up: then the engine must not, just because nobody listens. */
  private readonly inputEndsWithUs: boolean;
  private closed = false;

  private constructor(connection: PacketConnection, inputEndsWithUs: boolean) {
    this.connection = connection;
    this.inputEndsWithUs = inputEndsWithUs;
  }

  static async open(host: SystemHost, socket: string, inputEndsWithUs: boolean): Promise<AttachHub> {
    const hub = new AttachHub(await host.packets.connect(socket), inputEndsWithUs);
    void hub.pass();
    return hub;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  private async pass(): Promise<void> {
    try {
      for (let packet = await this.connection.read(); packet !== undefined; packet = await this.connection.read()) {
        const stream = STREAMS[packet[0]!];
        if (stream === undefined) continue;
        const bytes = packet.subarray(1);
        await Promise.all([...this.clients].filter((client) => client.wantsOutput).map((client) => client.receive(stream, bytes)));
      }
    } catch (error) {
      if (codeOf(error) !== 'ECONNRESET') throw error;
    } finally {
      this.close();
    }
  }

  add(client: AttachClient): void {
    if (this.closed) client.end();
    else this.clients.add(client);
  }

  remove(client: AttachClient): void {
    if (!this.clients.delete(client) || this.closed) return;
    if (this.inputEndsWithUs) {
      if (client.givesInput) this.endInput();
    } else if (this.clients.size === 0) this.close();
  }

  /** Resolves when the container's side has taken it. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.closed; at += INPUT_PACKET_BYTES) {
      await this.connection.write(bytes.subarray(at, at + INPUT_PACKET_BYTES));
    }
  }

  /** The container reads an end of file, if it was made with StdinOnce. */
  endInput(): void {
    if (this.inputEndsWithUs && !this.closed) this.connection.closeWrite();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.connection.close();
    const clients = [...this.clients];
    this.clients.clear();
    for (const client of clients) client.end();
  }
}
