// Cancellation: a token that a wait listens to. AbortSignal does not exist in QuickJS, and this is all we need of it.

import { RosError } from './errors.ts';

export interface Cancel {
  readonly cancelled: boolean;
  /** The error that waits end with; set once cancelled. */
  readonly reason: Error | undefined;
  /** Calls back once, at once if already cancelled. Returns a function that stops listening. */
  onCancel(listener: (reason: Error) => void): () => void;
}

export class CancelSource implements Cancel {
  reason: Error | undefined;
  private listeners = new Set<(reason: Error) => void>();

  /** Cancelled as well when `parent` is. */
  constructor(parent?: Cancel) {
    parent?.onCancel((reason) => this.cancel(reason));
  }

  get cancelled(): boolean {
    return this.reason !== undefined;
  }

  cancel(reason: Error = new RosError('cancelled', 'cancelled')): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener(reason);
  }

  onCancel(listener: (reason: Error) => void): () => void {
    if (this.reason !== undefined) {
      listener(this.reason);
      return () => undefined;
    }
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
