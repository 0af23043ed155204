// A container as the engine holds it in memory.
// INVARIANT: start, exit, removal, rename and update run under the container's lock (engine.locks, keyed by id);
// status changes only through `transition`.

import { deferred } from '@drover/core';
import type { Deferred } from '@drover/core';
import type { ContainerStatus } from '@drover/docker-api';
import type { HealthWatch } from '../health/watch-health.ts';
import type { AttachClient, AttachHub } from '../runtime/attach-hub.ts';
import type { ContainerOutcome, ContainerRecord, ContainerRun } from './container-record.ts';
import type { ContainerEvent } from './container-states.ts';
import { nextStatus } from './container-states.ts';

/** What happens again and again; a wait is for the next time. */
class Milestone {
  private next: Deferred = deferred();

  wait(): Promise<void> {
    return this.next.promise;
  }

  reach(): void {
    const reached = this.next;
    this.next = deferred();
    reached.resolve();
  }
}

export class Container {
  record: ContainerRecord;
  outcome: ContainerOutcome;
  run: ContainerRun | undefined;
  /** Each end of its process, also one before a restart. */
  readonly exited: Milestone = new Milestone();
  readonly removed: Milestone = new Milestone();
  /** Waiting clients have been connected, or sent away. */
  readonly connected: Milestone = new Milestone();
  /** Attached clients, before and while it runs. */
  readonly waitingClients: Set<AttachClient> = new Set();
  hub: AttachHub | undefined;
  /** Wakes those who follow its log. */
  readonly logListeners: Set<() => void> = new Set();
  /** Of its execs that run. */
  readonly execIds: Set<string> = new Set();
  /** Of one with a health check, once it has been started. */
  health: HealthWatch | undefined;
  /** Its log is being sent somewhere else, up to the end. */
  forwarding: Promise<void> | undefined;
  /** Ends the wait before a restart. */
  cancelRestart: (() => void) | undefined;
  lastDelayMs = 0;
  /** `docker restart` ends it only to start it again: --rm must not remove it meanwhile. */
  restartedByHand = false;
  private state: ContainerStatus;

  constructor(record: ContainerRecord, outcome: ContainerOutcome, status: ContainerStatus) {
    this.record = record;
    this.outcome = outcome;
    this.state = status;
  }

  get id(): string {
    return this.record.id;
  }

  get name(): string {
    return this.record.name;
  }

  get status(): ContainerStatus {
    return this.state;
  }

  /** The container reads an end of file when the client that feeds it leaves. With a terminal, it never does. */
  get inputEndsWithClient(): boolean {
    const { OpenStdin: open, StdinOnce: once, Tty: tty } = this.record.config;
    return open === true && once === true && tty !== true;
  }

  transition(event: ContainerEvent): void {
    this.state = nextStatus(this.state, event);
  }
}
