// Waiting for what will be true: never a fixed sleep, always a deadline and the last thing that was seen.

import { formatMs, messageOf, RosError } from '@drover/core';

export const PAUSE_MS = 200;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/**
 * Asks again and again until `ask` returns something else than undefined and false. An error of `ask` counts as
 * "not yet" and is told when time is up.
 */
export async function eventually<T>(what: string, deadlineMs: number, ask: () => Promise<T | undefined | false> | T | undefined | false, pauseMs: number = PAUSE_MS): Promise<T> {
  const end = Date.now() + deadlineMs;
  let seen = 'it never answered';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      seen = `the last answer was ${String(answer)}`;
    } catch (error) {
      seen = messageOf(error);
      if (isFinal(error)) throw error;
    }
    if (Date.now() >= end) throw new RosError('timeout', `not within ${formatMs(deadlineMs)}: ${what}\n${seen}`);
    await pause(pauseMs);
  }
}

/** Some failures make further waiting pointless: the machine is gone. */
function isFinal(error: unknown): boolean {
  return error instanceof RosError && error.code === 'machine-ended';
}
