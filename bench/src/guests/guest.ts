// Systems that are measured side by side, behind one interface.

import type { Machine, Setup } from '@drover/e2e';

export interface Guest {
  readonly name: 'floor' | 'debian' | 'drover';
  /** For the table. */
  readonly title: string;
  readonly setup: Setup;
  /** What the serial console says when User Docker is up or will be within seconds. */
  readonly up: RegExp;
  /** A login prompt; undefined where nobody can log in. */
  readonly prompt: RegExp | undefined;
  /** Shell text that prints the engine's own log. */
  readonly dockerLog: string;
  /** Becomes root in a shell of the machine and returns a way to run scripts. */
  openShell(machine: Machine): Promise<Shell>;
  /** Memory as it is when nobody has logged in, for a guest whose login is not part of it. */
  readonly unattended?: Unattended;
  /** Shell text that turns the machine off cleanly. */
  readonly powerOff: string;
}

export interface Unattended {
  /** Shell text, run once: makes every later boot write /proc/meminfo to a file. */
  readonly install: string;
  /** This long after the prompt it is written. */
  readonly settleMs: number;
  /** Shell text that prints the file. */
  readonly read: string;
}

export interface Shell {
  /** Output of a script of one or more lines. */
  run(script: string, deadlineMs?: number): Promise<string>;
}

/** Same for all: what the kernel prints is part of the comparison. */
export const WORDS: readonly string[] = ['console=tty1', 'console=ttyS0', 'printk.devkmsg=on'];

/** The kernel's, when dockerd has set up its networks: the last thing it does before it answers. */
export const ENGINE_NETWORK: RegExp = /Initializing XFRM netlink socket/;
