// Go programs that could load Go plugins (dockerd, containerd, its shim) export every function they have, 424,000 names
// in all, for plugins alone. Those tables are 9.7 MB of the download. This blanks what nothing asks for: the bytes become
// zero and stay where they are, so that no address changes. Lost: Go plugins (`*.so`), which Debian's engine is not
// offered with; and names for debuggers, which Go's own tables still give.
// Source: the System V ABI, and https://flapenguin.me/elf-dt-gnu-hash for DT_GNU_HASH.

import { RosError } from '@drover/core';
import { parseElf, RELOCATION_BYTES, SYMBOL_BYTES } from './elf.ts';
import type { ElfFile } from './elf.ts';

const STV_HIDDEN = 2;
const UNDEFINED_SECTION = 0;
/** DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH: offsets of strings. */
const STRING_TAGS: readonly bigint[] = [1n, 14n, 15n, 29n];
/** nbuckets, symoffset, bloom_size, bloom_shift, one bloom word, one bucket. */
const HASH_HEAD_BYTES = 16 + 8 + 4;

/** Programs with fewer exports than this are not worth a change. */
export const MANY_EXPORTS = 10_000;

/** Names that a library defines or looks for. */
export function dynamicNames(bytes: Buffer): string[] {
  const elf = parseElf(bytes);
  const tables = elf && readTables(elf);
  return tables === undefined ? [] : [...symbolIndexes(tables)].map((i) => nameOf(tables, i));
}

/** Changes `bytes` in place; `wanted` are the names that libraries may look for. Returns the number of blanked exports. */
export function blankExports(bytes: Buffer, wanted: ReadonlySet<string>, atLeast: number = MANY_EXPORTS): number {
  const elf = parseElf(bytes);
  const tables = elf && readTables(elf);
  if (elf === undefined || tables === undefined) return 0;
  const exported = [...symbolIndexes(tables)].filter((i) => tables.symbols.readUInt16LE(i * SYMBOL_BYTES + 6) !== UNDEFINED_SECTION);
  if (exported.length < atLeast) return 0;
  const relocated = relocatedSymbols(elf);
  const kept = exported.filter((i) => wanted.has(nameOf(tables, i)));
  const both = kept.find((i) => relocated.has(i));
  if (both !== undefined) throw new RosError('elf-exports', `${nameOf(tables, both)} is both exported and relocated: this program's exports cannot be blanked`);

  const keptSymbols = kept.map((i) => ({ name: nameOf(tables, i), symbol: Buffer.from(symbolAt(tables, i)), version: tables.versions.readUInt16LE(i * 2) }));
  for (const i of exported) {
    // Relocations of the program against itself: hidden, the loader takes the symbol without a search by name.
    if (relocated.has(i)) symbolAt(tables, i)[5] = STV_HIDDEN;
    else {
      symbolAt(tables, i).fill(0);
      tables.versions.writeUInt16LE(0, i * 2);
    }
  }
  // The hash table wants its symbols in one run at the end.
  const first = tables.symbols.length / SYMBOL_BYTES - keptSymbols.length;
  for (const [at, { symbol, version }] of keptSymbols.entries()) {
    if (relocated.has(first + at)) throw new RosError('elf-exports', 'a relocated symbol stands where the exports that are kept would go');
    symbol.copy(symbolAt(tables, first + at));
    tables.versions.writeUInt16LE(version, (first + at) * 2);
  }
  writeHash(tables.hash, first, keptSymbols.map(({ name }) => name));
  blankStrings(elf, tables);
  return exported.length - keptSymbols.length;
}

interface Tables {
  readonly symbols: Buffer;
  readonly strings: Buffer;
  readonly versions: Buffer;
  readonly hash: Buffer;
}

function readTables(elf: ElfFile): Tables | undefined {
  const [symbols, strings, versions, hash] = ['.dynsym', '.dynstr', '.gnu.version', '.gnu.hash'].map((name) => elf.section(name));
  if (symbols === undefined || strings === undefined || hash === undefined) return undefined;
  // Absent where no symbol has a version.
  return { symbols, strings, hash, versions: versions ?? Buffer.alloc((symbols.length / SYMBOL_BYTES) * 2) };
}

function* symbolIndexes({ symbols }: Tables): Generator<number> {
  for (let i = 1; (i + 1) * SYMBOL_BYTES <= symbols.length; i += 1) yield i;
}

function symbolAt({ symbols }: Tables, i: number): Buffer {
  return symbols.subarray(i * SYMBOL_BYTES, (i + 1) * SYMBOL_BYTES);
}

function nameOf(tables: Tables, i: number): string {
  const at = tables.symbols.readUInt32LE(i * SYMBOL_BYTES);
  return tables.strings.toString('latin1', at, tables.strings.indexOf(0, at));
}

function relocatedSymbols(elf: ElfFile): Set<number> {
  const found = new Set<number>();
  for (const name of ['.rela.dyn', '.rela.plt']) {
    const table = elf.section(name) ?? Buffer.alloc(0);
    for (let at = 0; at + RELOCATION_BYTES <= table.length; at += RELOCATION_BYTES) found.add(table.readUInt32LE(at + 12));
  }
  return found;
}

function gnuHash(name: string): number {
  let hash = 5381;
  for (const byte of Buffer.from(name, 'latin1')) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}

/** One bucket with all names, and a bloom filter that lets everything through. */
function writeHash(hash: Buffer, first: number, names: readonly string[]): void {
  hash.fill(0);
  hash.writeUInt32LE(1, 0);
  hash.writeUInt32LE(first, 4);
  hash.writeUInt32LE(1, 8);
  hash.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 16);
  hash.writeUInt32LE(names.length === 0 ? 0 : first, 24);
  for (const [i, name] of names.entries()) {
    const isLast = i === names.length - 1;
    hash.writeUInt32LE(((gnuHash(name) & ~1) | (isLast ? 1 : 0)) >>> 0, HASH_HEAD_BYTES + i * 4);
  }
}

/** Names may share their ends with others: only what nothing refers to any more becomes zero. */
function blankStrings(elf: ElfFile, tables: Tables): void {
  const { strings } = tables;
  const used = new Set<number>([0]);
  for (const i of symbolIndexes(tables)) used.add(tables.symbols.readUInt32LE(i * SYMBOL_BYTES));
  const dynamic = elf.section('.dynamic') ?? Buffer.alloc(0);
  for (let at = 0; at + 16 <= dynamic.length; at += 16) {
    if (STRING_TAGS.includes(dynamic.readBigInt64LE(at))) used.add(Number(dynamic.readBigUInt64LE(at + 8)));
  }
  const needs = elf.section('.gnu.version_r') ?? Buffer.alloc(0);
  for (let at = 0; at + 16 <= needs.length; ) {
    used.add(needs.readUInt32LE(at + 4));
    for (let aux = at + needs.readUInt32LE(at + 8), left = needs.readUInt16LE(at + 2); left > 0; left -= 1) {
      used.add(needs.readUInt32LE(aux + 8));
      aux += needs.readUInt32LE(aux + 12);
    }
    const next = needs.readUInt32LE(at + 12);
    if (next === 0) break;
    at += next;
  }
  if (elf.section('.gnu.version_d') !== undefined) throw new RosError('elf-exports', 'a program that defines symbol versions');
  const before = Buffer.from(strings);
  strings.fill(0);
  for (const at of used) before.copy(strings, at, at, before.indexOf(0, at));
}
