// What a command of `ros` is: data that the command line, the help texts and docs/reference/ros.md are made of. The code
// of each is a chunk of its own.

import type { SystemHost } from '@drover/host';
import type { Flags, FlagSpecs } from './parse-flags.ts';

/** What a command needs of the world. */
export interface CommandContext<Host = SystemHost> {
  readonly host: Host;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Everything of standard input. */
  readonly readInput: () => Promise<Uint8Array>;
}

interface CommandFacts {
  /** A line without its full stop. */
  readonly help: string;
  readonly aliases?: readonly string[];
  /** Works, and is not in the help: scripts and services call it. */
  readonly hidden?: true;
}

export interface LeafCommand extends CommandFacts {
  /** The arguments, as the help names them. */
  readonly usage?: string;
  /** How many of them, at least and at most. */
  readonly operands: readonly [least: number, most: number];
  readonly flags?: FlagSpecs;
  /** All behind the name belongs to another program. */
  readonly passesFlags?: true;
  /** Shows and changes nothing that others must not see. */
  readonly anyUser?: true;
  load(): Promise<CommandCode>;
}

export interface CommandCode {
  /** Resolves to the exit code. */
  run(context: CommandContext, flags: Flags): Promise<number>;
}

/** RancherOS has it, and this version does not. */
export interface MissingCommand extends CommandFacts {
  readonly missing: true;
}

export interface CommandGroup extends CommandFacts {
  readonly commands: Readonly<Record<string, Command>>;
}

export type Command = LeafCommand | MissingCommand | CommandGroup;
