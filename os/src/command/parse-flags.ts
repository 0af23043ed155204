// Flags of the `ros` commands: before or after the arguments, `--` ends them, a lone `-` is an argument.

export interface FlagSpec {
  readonly short?: string;
  /** What its value is called; without one it is a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface Flags {
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

export function parseFlags(args: readonly string[], specs: Readonly<Record<string, FlagSpec>>): Flags | { readonly problem: string } {
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i]!;
    if (arg === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg);
      continue;
    }
    const [written, given] = arg.includes('=') ? [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] : [arg, undefined];
    const found = Object.entries(specs).find(([name, spec]) => written === `--${name}` || (spec.short !== undefined && written === `-${spec.short}`));
    if (found === undefined) return { problem: `unknown option: ${written}` };
    const [name, { value }] = found;
    if (value === undefined && given !== undefined) return { problem: `${written} takes no value` };
    const text = value === undefined ? '' : (given ?? args[(i += 1)]);
    if (text === undefined) return { problem: `${written} needs a value: ${value!}` };
    values.set(name, text);
  }
  return { values, operands };
}

export function renderFlags(specs: Readonly<Record<string, FlagSpec>>): string {
  const rows = Object.entries(specs).map(([name, { short, value, help }]) => [`${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`, help] as const);
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}\n`).join('');
}
