// A promise with its ends outside, and the few combinators over promises that the standard library lacks.

import type { Cancel } from './cancel.ts';

export interface Deferred<T = void> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** Runs `work` for each key one after the other; different keys run at the same time. */
export class KeyedLock {
  private readonly tails = new Map<string, Promise<void>>();

  async run<T>(key: string, work: () => Promise<T> | T): Promise<T> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const done = deferred();
    this.tails.set(key, done.promise);
    await before;
    try {
      return await work();
    } finally {
      done.resolve();
      if (this.tails.get(key) === done.promise) this.tails.delete(key);
    }
  }
}

/** What `promise` comes to, unless the cancel signal comes first: then its reason is thrown. */
export async function orCancelled<T>(promise: Promise<T>, cancel: Cancel | undefined): Promise<T> {
  if (cancel === undefined) return promise;
  const cancelled = deferred<T>();
  const leave = cancel.onCancel((reason) => cancelled.reject(reason));
  try {
    return await Promise.race([promise, cancelled.promise]);
  } finally {
    leave();
  }
}
