// The loop of the fuzzer: inputs by number, each examined and timed. Portable, so that it runs in the real QuickJS binary too;
// tools/fuzz.mjs starts it, with a limit on memory, and watches.

import { Dice } from '@drover/testing';
import { examineInput } from './examine-input.ts';
import type { Step } from './examine-input.ts';
import { makeInput } from './make-input.ts';
import type { Input } from './make-input.ts';

export interface Finding {
  readonly input: Input;
  readonly what: string;
}

const LIMIT_MS = 1000;

/** The input with this number. */
export function inputOf(seed: number, number: number): Input {
  // Seeds that are neighbours must not give inputs that are alike.
  const dice = new Dice(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
  for (let i = 0; i < 3; i += 1) dice.roll(2);
  return makeInput(dice);
}

/** Undefined when all holds. */
export async function examine(input: Input): Promise<Finding | undefined> {
  let fastest: Step = { name: '', ms: Infinity };
  // The best of three, because other programs run on the machine too.
  for (let i = 0; i < 3 && fastest.ms > LIMIT_MS; i += 1) {
    try {
      const step = await examineInput(input);
      if (step.ms < fastest.ms) fastest = step;
    } catch (error) {
      return { input, what: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error) };
    }
  }
  return fastest.ms > LIMIT_MS ? { input, what: `${fastest.name} took ${fastest.ms} ms` } : undefined;
}

/** Until the deadline (as Date.now() counts) or the first finding. `announce` hears of each number before its input is examined. */
export async function fuzz(seed: number, deadlineMs: number, announce: (number: number) => void): Promise<Finding | undefined> {
  for (let number = 0; ; number += 1) {
    announce(number);
    const finding = await examine(inputOf(seed, number));
    if (finding !== undefined || Date.now() >= deadlineMs) return finding;
  }
}
