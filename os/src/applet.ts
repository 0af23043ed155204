// What a program of the multi-call binary looks like.

import { explain, hintOf } from '@drover/core';
import type { SystemHost } from '@drover/host';

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export interface AppletContext {
  readonly host: SystemHost;
  /** The name it was called by. */
  readonly name: string;
  /** Without the name. */
  readonly args: readonly string[];
  readonly terminal: Terminal;
}

/** Resolves to the exit code. Applets are the only code that prints and decides exit codes. */
export interface Applet {
  main(context: AppletContext): Promise<number>;
}

/** `NAME: what went wrong` and the hint, as every applet reports a failure. */
export function reportFailure(context: AppletContext, error: unknown): number {
  context.terminal.err(`${context.name}: ${explain(error)}\n`);
  const hint = hintOf(error);
  if (hint !== undefined) context.terminal.err(`  hint: ${hint}\n`);
  if (isMistakeOfOurs(error)) context.terminal.err(`This is a mistake in ${context.name}; please report it with these lines:\n${error.stack ?? ''}`);
  return 1;
}

function isMistakeOfOurs(error: unknown): error is Error {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError || error instanceof SyntaxError;
}

/** A mistake in the command line: exit code 2. */
export function reportUsage(context: AppletContext, problem: string, usage: string): number {
  context.terminal.err(`${context.name}: ${problem}\n${usage}`);
  return 2;
}
