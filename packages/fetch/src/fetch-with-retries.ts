// A fetch that is worth waiting for: while a network comes up, nothing answers; then everything does.

import { codeOf, RosError } from '@drover/core';
import type { Fetched, FetchHost, FetchOptions } from './fetch-url.ts';
import { fetchUrl } from './fetch-url.ts';

export interface RetryOptions extends FetchOptions {
  /** Of host.clock.monotonic(): no attempt begins after it, and none goes on. */
  readonly deadline: number;
  /** Called before each wait. */
  readonly onRetry?: (error: unknown) => void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;
const LONGEST_ATTEMPT_MS = 10_000;

/** Throws the last failure. A status of 500 and more, a name that is not known, no connection and no answer are tried again. */
export async function fetchWithRetries(host: FetchHost, url: string, { deadline, onRetry, ...options }: RetryOptions): Promise<Fetched> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const leftMs = deadline - host.clock.monotonic();
    if (leftMs <= 0) throw new RosError('timeout', `no time left to fetch ${url}`);
    try {
      return await fetchUrl(host, url, { ...options, timeoutMs: Math.min(options.timeoutMs ?? LONGEST_ATTEMPT_MS, leftMs) });
    } catch (error) {
      if (!isWorthRetrying(error) || host.clock.monotonic() + waitMs >= deadline || options.cancel?.cancelled === true) throw error;
      onRetry?.(error);
      await host.clock.sleep(waitMs, options.cancel);
    }
  }
}

/** What will be the same next time. */
const FINAL: ReadonlySet<string> = new Set(['bad-url', 'redirect', 'ECERTIFICATE', 'http-too-large', 'http-syntax', 'cancelled']);

function isWorthRetrying(error: unknown): boolean {
  const code = codeOf(error);
  if (code === 'http-status') return error instanceof RosError && Number(error.facts['status']) >= 500;
  return code === undefined || !FINAL.has(code);
}
