// QEMU's machine protocol: one JSON object a line over a unix socket; commands are answered in order.

import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { deferred, RosError } from '@drover/core';
import type { Deferred } from '@drover/core';

export interface QmpEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export class Qmp {
  private readonly socket: Socket;
  private readonly waiting: Deferred<unknown>[] = [];
  private readonly greeting: Deferred = deferred();
  private text = '';
  private closed = false;
  /** Everything that happened, oldest first. */
  readonly events: QmpEvent[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.receive(chunk));
    socket.on('close', () => this.end());
    socket.on('error', () => this.end());
  }

  static async connect(path: string): Promise<Qmp> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const qmp = new Qmp(socket);
    await qmp.greeting.promise;
    await qmp.run('qmp_capabilities');
    return qmp;
  }

  run(command: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    if (this.closed) return Promise.reject(new RosError('machine-ended', `the machine is gone; it can't be told ${command}`));
    const answer = deferred<unknown>();
    this.waiting.push(answer);
    this.socket.write(`${JSON.stringify({ execute: command, arguments: parameters })}\n`);
    return answer.promise;
  }

  /** A command of the human monitor; QEMU reports its failures as text, and so does this. */
  async monitor(line: string): Promise<string> {
    const answer = await this.run('human-monitor-command', { 'command-line': line });
    return typeof answer === 'string' ? answer.trim() : '';
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: string): void {
    this.text += chunk;
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n')) {
      const line = this.text.slice(0, at);
      this.text = this.text.slice(at + 1);
      if (line.trim() !== '') this.take(JSON.parse(line) as Readonly<Record<string, unknown>>);
    }
  }

  private take(message: Readonly<Record<string, unknown>>): void {
    if ('QMP' in message) this.greeting.resolve();
    else if ('event' in message) this.events.push(message as unknown as QmpEvent);
    else if ('return' in message) this.waiting.shift()?.resolve(message['return']);
    else if ('error' in message) this.waiting.shift()?.reject(new RosError('qmp', `QEMU refused: ${(message['error'] as { desc: string }).desc}`));
  }

  private end(): void {
    this.closed = true;
    this.greeting.reject(new RosError('machine-ended', 'the machine is gone'));
    this.greeting.promise.catch(() => undefined);
    for (const answer of this.waiting.splice(0)) answer.reject(new RosError('machine-ended', 'the machine is gone'));
  }
}
