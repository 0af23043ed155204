// The process as a whole: its arguments, its end, and errors that nobody caught.

import { collectGarbage, exit, onRejection } from 'ros:loop';

export { startup } from './prelude.ts';

/** Ends the process with this code once the current callback returns. */
export function exitLoop(code: number): void {
  exit(code);
}

/** Without a handler, an unhandled rejection prints its stack and ends the process with 70. */
export function onUnhandledRejection(handler: (reason: unknown) => void): void {
  onRejection(handler);
}

/** Worth it in a long-lived process once a phase with many short-lived objects is over. */
export function compactMemory(): void {
  collectGarbage();
}
