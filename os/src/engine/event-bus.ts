// What happened, for those who watch (GET /events): the last 256 events, and the ones to come.

import type { Clock } from '@drover/host';
import type { EventMessage } from '@drover/docker-api';
import type { Container } from './container/container.ts';

const HISTORY = 256;

export class EventBus {
  private readonly clock: Clock;
  private readonly past: EventMessage[] = [];
  private readonly listeners = new Set<(event: EventMessage) => void>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  publish(type: string, action: string, id: string, attributes: Readonly<Record<string, string>>, legacy: Partial<EventMessage> = {}): void {
    const now = this.clock.now();
    const event: EventMessage = { ...legacy, Type: type, Action: action, Actor: { ID: id, Attributes: attributes }, scope: 'local', time: Math.floor(now / 1000), timeNano: now * 1_000_000 };
    this.past.push(event);
    if (this.past.length > HISTORY) this.past.shift();
    for (const listener of this.listeners) listener(event);
  }

  publishContainer(action: string, container: Container, more: Readonly<Record<string, string>> = {}): void {
    const { id, name, record } = container;
    const image = record.config.Image ?? '';
    this.publish('container', action, id, { ...record.config.Labels, image, name, ...more }, { status: action, id, from: image });
  }

  history(): readonly EventMessage[] {
    return this.past;
  }

  subscribe(listener: (event: EventMessage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
