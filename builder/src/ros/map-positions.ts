// Rewrites the source positions inside QuickJS bytecode, so that a stack trace on a machine says
// `os/src/boot/state.ts:42:7` by itself: no map to keep, no tool to run. Source of the format: JS_WriteObject and
// compute_pc2line_info in quickjs.c of 2025-04-26 (BC_VERSION 4); docs/decisions/stack-traces.md.

import { RosError } from '@drover/core';

export interface Position {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/** Where a position of the bundle (from 1) comes from. */
export type Locate = (line: number, column: number) => Position | undefined;

const VERSION = 4;
const TAG = {
  null: 1, undefined: 2, false: 3, true: 4, int32: 5, float64: 6, string: 7, object: 8, array: 9, bigInt: 10, template: 11, functionBytecode: 12, module: 13,
} as const;
const HAS_DEBUG = 1 << 10;
const EXPORT_LOCAL = 0;

// compute_pc2line_info: one byte for a small step, or 0 and two numbers; a column difference follows both.
const LINE_BASE = -1;
const LINE_RANGE = 5;
const OP_FIRST = 1;
const PC_MAX = Math.floor((255 - OP_FIRST) / LINE_RANGE);

class Reader {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw damaged('it ends too early');
    this.at += 1;
    return value;
  }

  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw damaged('a number has more than five bytes');
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw damaged('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  string(): void {
    const head = this.unsigned();
    this.take(Math.floor(head / 2) * (head % 2 === 1 ? 2 : 1));
  }
}

function damaged(what: string): RosError {
  return new RosError('bytecode-format', `bytecode is not what this version of QuickJS writes: ${what}`, { hint: 'compare builder/src/ros/map-positions.ts with JS_WriteObject in quickjs.c' });
}

function putUnsigned(out: number[], value: number): void {
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 128)) out.push((left % 128) | 0x80);
  out.push(left);
}

function putSigned(out: number[], value: number): void {
  putUnsigned(out, value < 0 ? -2 * value - 1 : 2 * value);
}

interface Step {
  readonly pc: number;
  readonly line: number;
  readonly column: number;
}

function readSteps(table: Uint8Array): Step[] {
  const reader = new Reader(table);
  let [line, column, pc] = [reader.unsigned() + 1, reader.unsigned() + 1, 0];
  const steps: Step[] = [{ pc: 0, line, column }];
  while (reader.at < table.length) {
    const op = reader.byte();
    if (op === 0) {
      pc += reader.unsigned();
      line += reader.signed();
    } else {
      pc += Math.floor((op - OP_FIRST) / LINE_RANGE);
      line += ((op - OP_FIRST) % LINE_RANGE) + LINE_BASE;
    }
    column += reader.signed();
    steps.push({ pc, line, column });
  }
  return steps;
}

function renderSteps([start, ...steps]: readonly Step[]): number[] {
  const out: number[] = [];
  let { pc, line, column } = start!;
  putUnsigned(out, line - 1);
  putUnsigned(out, column - 1);
  for (const step of steps) {
    if (step.line === line && step.column === column) continue;
    const [pcs, lines] = [step.pc - pc, step.line - line];
    if (lines >= LINE_BASE && lines < LINE_BASE + LINE_RANGE && pcs <= PC_MAX) {
      out.push(lines - LINE_BASE + pcs * LINE_RANGE + OP_FIRST);
    } else {
      out.push(0);
      putUnsigned(out, pcs);
      putSigned(out, lines);
    }
    putSigned(out, step.column - column);
    ({ pc, line, column } = step);
  }
  return out;
}

/** The steps in terms of the file that most of them come from; undefined when that cannot be said of a mixture. */
function mapSteps(steps: readonly Step[], locate: Locate, mayMix: boolean): { file: string; steps: Step[] } | undefined {
  const places = steps.map((step) => ({ pc: step.pc, to: locate(step.line, step.column) }));
  const counts = new Map<string, number>();
  for (const { to } of places) if (to !== undefined) counts.set(to.file, (counts.get(to.file) ?? 0) + 1);
  const [file] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  if (file === undefined || (!mayMix && counts.size > 1)) return undefined;
  const mapped = places.flatMap(({ pc, to }) => (to?.file === file ? [{ pc, line: to.line, column: to.column }] : []));
  return { file, steps: [{ ...mapped[0]!, pc: 0 }, ...mapped] };
}

/**
 * The bytecode of one module with every function's positions mapped. A function stands in one source file; only the
 * body of the module itself, where esbuild has put the top levels of several files one after the other, may keep the
 * positions of the bundle.
 */
export function mapPositions(bytecode: Uint8Array, locate: Locate): Uint8Array {
  const reader = new Reader(bytecode);
  const version = reader.byte();
  if (version !== VERSION) throw damaged(`version ${version} instead of ${VERSION}`);
  const atomCount = reader.unsigned();
  const atomsFrom = reader.at;
  for (let i = 0; i < atomCount; i += 1) reader.string();
  const atoms = bytecode.subarray(atomsFrom, reader.at);
  const added = new Map<string, number>();
  const body: Uint8Array[] = [];
  let copied = reader.at;

  // The first atom that is written is the module's name: its number is that of the first entry of the table.
  const moduleTag = reader.byte();
  if (moduleTag !== TAG.module) throw damaged(`tag ${moduleTag} instead of a module`);
  const firstAtom = reader.unsigned() / 2;

  const atomOf = (name: string): number => {
    if (!added.has(name)) added.set(name, firstAtom + atomCount + added.size);
    return added.get(name)!;
  };

  const mapDebug = (isModuleBody: boolean): void => {
    const from = reader.at;
    reader.unsigned(); // the file's name
    const table = reader.take(reader.unsigned());
    const sourceLength = reader.unsigned();
    reader.take(sourceLength);
    const mapped = table.length === 0 ? undefined : mapSteps(readSteps(table), locate, !isModuleBody);
    if (mapped === undefined) return;
    const out: number[] = [];
    const steps = renderSteps(mapped.steps);
    putUnsigned(out, atomOf(mapped.file) * 2);
    putUnsigned(out, steps.length);
    body.push(bytecode.subarray(copied, from), Uint8Array.from([...out, ...steps]), Uint8Array.of(0));
    copied = reader.at;
  };

  const readFunction = (isModuleBody: boolean): void => {
    const flags = reader.byte() | (reader.byte() << 8);
    reader.byte(); // js_mode
    reader.unsigned(); // name
    for (let i = 0; i < 4; i += 1) reader.unsigned(); // arg_count, var_count, defined_arg_count, stack_size
    const [closures, constants, codeLength, locals] = [reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()];
    for (let i = 0; i < locals; i += 1) {
      for (let field = 0; field < 3; field += 1) reader.unsigned();
      reader.byte();
    }
    for (let i = 0; i < closures; i += 1) {
      for (let field = 0; field < 2; field += 1) reader.unsigned();
      reader.byte();
    }
    reader.take(codeLength);
    if ((flags & HAS_DEBUG) !== 0) mapDebug(isModuleBody);
    for (let i = 0; i < constants; i += 1) readValue();
  };

  const readValue = (isModuleBody = false): void => {
    const tag = reader.byte();
    if (tag <= TAG.true) return;
    if (tag === TAG.int32) reader.unsigned();
    else if (tag === TAG.float64) reader.take(8);
    else if (tag === TAG.string) reader.string();
    else if (tag === TAG.bigInt) reader.take(reader.unsigned());
    else if (tag === TAG.functionBytecode) readFunction(isModuleBody);
    else if (tag === TAG.array || tag === TAG.template) {
      const count = reader.unsigned() + (tag === TAG.template ? 1 : 0); // a template's raw strings follow
      for (let i = 0; i < count; i += 1) readValue();
    } else if (tag === TAG.object) {
      for (let left = reader.unsigned(); left > 0; left -= 1) {
        reader.unsigned();
        readValue();
      }
    } else throw damaged(`an unknown tag ${tag}`);
  };

  for (let left = reader.unsigned(); left > 0; left -= 1) reader.unsigned(); // modules it asks for
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    const isLocal = reader.byte() === EXPORT_LOCAL;
    for (let fields = isLocal ? 2 : 3; fields > 0; fields -= 1) reader.unsigned();
  }
  for (let left = reader.unsigned(); left > 0; left -= 1) reader.unsigned(); // export *
  for (let left = reader.unsigned() * 3; left > 0; left -= 1) reader.unsigned(); // imports
  reader.byte(); // has_tla
  readValue(true);
  if (reader.at !== bytecode.length) throw damaged(`${bytecode.length - reader.at} bytes are left over`);
  body.push(bytecode.subarray(copied));

  const head: number[] = [VERSION];
  putUnsigned(head, atomCount + added.size);
  const names: number[] = [];
  for (const name of added.keys()) {
    putUnsigned(names, name.length * 2);
    for (const character of name) names.push(character.charCodeAt(0) & 0xff);
  }
  return Buffer.concat([Uint8Array.from(head), atoms, Uint8Array.from(names), ...body]);
}
