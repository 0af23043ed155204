// Flags of a command line, as Go's programs have them: before or after the arguments, `--` ends them, and one dash is as
// good as two. What cannot be the name of a flag is an argument: `-`, `-1`, the first line of a PEM file.

import { closestName } from '@drover/core';

export interface FlagSpec {
  readonly short?: string;
  /** What its value is called; without one it is a switch. */
  readonly value?: string;
  readonly help: string;
}

export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

export class Flags {
  readonly operands: readonly string[];
  private readonly values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>, operands: readonly string[]) {
    this.values = values;
    this.operands = operands;
  }

  /** Every value of a flag that may be repeated. */
  texts(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  /** The last one counts. */
  text(name: string): string | undefined {
    return this.texts(name).at(-1);
  }

  isOn(name: string): boolean {
    return this.text(name) === 'true';
  }
}

export const HELP: FlagSpecs = { help: { short: 'h', help: 'show help' } };

/** The flags, or what is wrong with them in one sentence. */
export function parseFlags(args: readonly string[], specs: FlagSpecs): Flags | { readonly problem: string } {
  const known: FlagSpecs = { ...specs, ...HELP };
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i]!;
    if (arg === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    const match = /^(--?[A-Za-z][\w-]*)(?:=(.*))?$/s.exec(arg);
    if (match === null) {
      operands.push(arg);
      continue;
    }
    const [, written, given] = match as unknown as [string, string, string | undefined];
    const name = findFlag(written, known);
    if (name === undefined) return { problem: `unknown flag: ${written}${suggest(written, known)}` };
    const isSwitch = known[name]!.value === undefined;
    const text = given ?? (isSwitch ? 'true' : args[(i += 1)]);
    if (text === undefined || (text === '' && given !== undefined)) return { problem: `flag needs an argument: ${written}` };
    if (isSwitch && text !== 'true' && text !== 'false') return { problem: `${written} is on or off and takes no value` };
    values.set(name, [...(values.get(name) ?? []), text]);
  }
  return new Flags(values, operands);
}

function findFlag(written: string, specs: FlagSpecs): string | undefined {
  const name = written.replace(/^--?/, '');
  return Object.keys(specs).find((one) => one === name || specs[one]!.short === name);
}

function suggest(written: string, specs: FlagSpecs): string {
  const close = closestName(written.replace(/^-+/, ''), Object.keys(specs));
  return close === undefined ? '' : `; did you mean --${close}?`;
}

/** One a row: how it is written, what it does. */
export function renderFlags(specs: FlagSpecs): readonly (readonly [string, string])[] {
  return Object.entries(specs).map(([name, { short, value, help }]) => {
    const behind = value === undefined ? '' : ` ${value}`;
    return [[`--${name}${behind}`, ...(short === undefined ? [] : [`-${short}${behind}`])].join(', '), help];
  });
}
