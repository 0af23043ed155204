// What a command is expected to end with, checked as a whole: code, output, complaint.

import { fail } from '@drover/testing';
import type { Ended } from '../native-machine.ts';

export interface Expected {
  readonly code: number;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

/** A text is compared without the last line end. */
export function expectEnd(what: string, ended: Ended, expected: Expected): void {
  const agrees = (actual: string, wanted: string | RegExp | undefined): boolean =>
    wanted === undefined || (typeof wanted === 'string' ? actual.replace(/\n$/, '') === wanted : wanted.test(actual));
  if (ended.code === expected.code && agrees(ended.stdout, expected.stdout) && agrees(ended.stderr, expected.stderr)) return;
  fail(`${what}\nexpected ${expected.code} ${String(expected.stdout ?? '')} ${String(expected.stderr ?? '')}\n     got ${ended.code}\nstdout: ${ended.stdout}\nstderr: ${ended.stderr}`);
}
