// Command lines: flags of a table, in the ways in which Docker's own commands take them.

import { closestName, RosError } from '@drover/core';

export interface Flag {
  /** With its hyphens. */
  readonly name: string;
  readonly short?: string;
  /** `value` and `values` (given any number of times) take an argument. */
  readonly kind: 'flag' | 'value' | 'values';
  readonly help: string;
}

export class Flags {
  private readonly given = new Map<string, string[]>();

  add(name: string, value: string): void {
    this.given.set(name, [...(this.given.get(name) ?? []), value]);
  }

  has(name: string): boolean {
    const value = this.given.get(name)?.at(-1);
    return value !== undefined && value !== 'false';
  }

  value(name: string): string | undefined {
    return this.given.get(name)?.at(-1);
  }

  values(name: string): readonly string[] {
    return this.given.get(name) ?? [];
  }

  /** Throws `usage`. */
  number(name: string): number | undefined {
    const text = this.value(name);
    if (text === undefined) return undefined;
    if (!/^-?\d+$/.test(text)) throw new RosError('usage', `${name} takes a number, not ${text}`);
    return Number(text);
  }
}

export interface ParsedArguments {
  readonly flags: Flags;
  readonly rest: readonly string[];
}

/** Throws `usage`. With `stopAtWord` everything from the first word on is left alone. */
export function parseFlags(args: readonly string[], table: readonly Flag[], stopAtWord: boolean): ParsedArguments {
  const flags = new Flags();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i]!;
    if (arg === '--') return { flags, rest: [...rest, ...args.slice(i + 1)] };
    if (!arg.startsWith('-') || arg === '-') {
      if (stopAtWord) return { flags, rest: args.slice(i) };
      rest.push(arg);
      continue;
    }
    for (const [flag, attached] of flagsIn(arg, table)) {
      if (flag.kind === 'flag') {
        flags.add(flag.name, attached ?? 'true');
        continue;
      }
      const value = attached ?? args[(i += 1)];
      if (value === undefined) throw new RosError('usage', `flag needs an argument: ${arg}`);
      flags.add(flag.name, value);
    }
  }
  return { flags, rest };
}

/** `--name`, `--name=value`, `-n`, `-nVALUE`, `-abc`. */
function flagsIn(arg: string, table: readonly Flag[]): (readonly [Flag, string | undefined])[] {
  if (arg.startsWith('--')) {
    const [name, ...value] = arg.split('=') as [string, ...string[]];
    const flag = table.find((one) => one.name === name);
    if (flag === undefined) throw unknown(name, table);
    return [[flag, value.length === 0 ? undefined : value.join('=')]];
  }
  const found: (readonly [Flag, string | undefined])[] = [];
  for (let at = 1; at < arg.length; at += 1) {
    const flag = table.find((one) => one.short === `-${arg[at]!}`);
    if (flag === undefined) throw unknown(`-${arg[at]!}`, table);
    if (flag.kind !== 'flag') return [...found, [flag, at + 1 < arg.length ? arg.slice(at + 1).replace(/^=/, '') : undefined]];
    found.push([flag, undefined]);
  }
  return found;
}

function unknown(name: string, table: readonly Flag[]): RosError {
  const close = closestName(name, table.map((one) => one.name));
  return new RosError('usage', `unknown flag: ${name}`, { hint: close === undefined ? 'rcompose --help shows what there is' : `did you mean ${close}?` });
}

/** `NAME=value`; a name alone has an empty value. */
export function parsePairs(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.map((line) => (line.includes('=') ? [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] : [line, ''])));
}
