// Options of our own commands as a table; a mistake is one sentence and a hint.

import { RosError } from '@drover/core';

export interface OptionSpec {
  /** Name of the value in the help, e.g. `FILE`; undefined for a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface Parsed {
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  /** What came after `--`. */
  readonly rest: readonly string[];
}

export interface CommandSpec {
  /** What follows the name in the usage line. */
  readonly usage: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Whether words that are not options are taken. */
  readonly operands: boolean;
  readonly notes?: string;
}

export function usageError(message: string, command: string): RosError {
  return new RosError('usage', message, { hint: `./dev ${command} --help lists the options` });
}

export function parseCommandLine(command: string, spec: CommandSpec, args: readonly string[]): Parsed {
  const options = new Map<string, string>();
  const operands: string[] = [];
  const end = args.indexOf('--');
  const own = end < 0 ? [...args] : args.slice(0, end);
  for (let arg = own.shift(); arg !== undefined; arg = own.shift()) {
    if (!arg.startsWith('-')) {
      if (!spec.operands) throw usageError(`${arg}: ./dev ${command} takes no such word`, command);
      operands.push(arg);
      continue;
    }
    const [name, inline] = splitOption(arg);
    const option = spec.options[name];
    if (name === 'help') options.set('help', '');
    else if (option === undefined) throw usageError(`no such option: ${arg}`, command);
    else if (option.value === undefined && inline !== undefined) throw usageError(`--${name} takes no value`, command);
    else {
      const value = option.value === undefined ? '' : (inline ?? own.shift());
      if (value === undefined) throw usageError(`--${name} needs a value: --${name} ${option.value ?? ''}`, command);
      options.set(name, value);
    }
  }
  return { options, operands, rest: end < 0 ? [] : args.slice(end + 1) };
}

function splitOption(arg: string): readonly [string, string | undefined] {
  if (arg === '-h') return ['help', undefined];
  const name = arg.replace(/^--/, '');
  const at = name.indexOf('=');
  return arg.startsWith('--') ? (at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)]) : [arg, undefined];
}

export function renderUsage(command: string, spec: CommandSpec): string {
  const rows = Object.entries({ ...spec.options, help: { help: 'this text' } }).map(([name, option]: [string, OptionSpec]) => [`--${name}${option.value === undefined ? '' : ` ${option.value}`}`, option.help] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return [`usage: ./dev ${command} ${spec.usage}`, '', ...lines, ...(spec.notes === undefined ? [] : ['', spec.notes]), ''].join('\n');
}

/** A whole number within bounds. */
export function numberOption(parsed: Parsed, name: string, bounds: { readonly least: number; readonly most: number }, command: string): number | undefined {
  const text = parsed.options.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < bounds.least || value > bounds.most) {
    throw usageError(`--${name} ${text}: expected a whole number from ${bounds.least} to ${bounds.most}`, command);
  }
  return value;
}
