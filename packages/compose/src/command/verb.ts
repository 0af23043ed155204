import type { Flag, Flags } from './flags.ts';
import type { Session } from './session.ts';

export interface Verb {
  readonly help: string;
  /** What stands behind the flags. */
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** Words behind the first one are not ours: `exec SERVICE COMMAND -x`. */
  readonly passesOn?: boolean;
  /** Returns the exit code. */
  run(session: Session, flags: Flags, args: readonly string[]): Promise<number>;
}

export function flag(name: string, help: string, short?: string): Flag {
  return { name, help, kind: 'flag', ...(short !== undefined && { short }) };
}

export function value(name: string, help: string, short?: string): Flag {
  return { name, help, kind: 'value', ...(short !== undefined && { short }) };
}

export function values(name: string, help: string, short?: string): Flag {
  return { name, help, kind: 'values', ...(short !== undefined && { short }) };
}
