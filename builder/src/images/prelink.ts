// A position-independent program holds no addresses: its loader writes them at each start, in dockerd 342,000 of them
// into 2,000 pages, which then are memory of that process alone. This does it once, at build time: the program gets a
// fixed address, as containerd of Debian and Docker's own dockerd have one. Lost: a random address of the program itself
// (its heap, stacks and libraries keep theirs), so this is for programs of a memory-safe language only.
// Source: the System V ABI, and its supplements for x86-64 and AArch64.

import { RosError } from '@drover/core';
import { parseElf, RELOCATION_BYTES, SECTION_HEADER_BYTES, SYMBOL_BYTES } from './elf.ts';

/** Where the linkers of both architectures put programs with a fixed address. */
const BASE = 0x40_0000n;

const ET_EXEC = 2;
const ET_DYN = 3;
const PROGRAM_HEADER_BYTES = 56;
const DYNAMIC_BYTES = 16;
const PT = { load: 1, dynamic: 2, interpreter: 3 };
const SHN = { undefined: 0, absolute: 0xfff1 };
const STT_TLS = 6;

/** Dynamic entries whose value is an address: PLTGOT, HASH, STRTAB, SYMTAB, RELA, INIT, FINI, JMPREL, the arrays, GNU_HASH, VERSYM, VERDEF, VERNEED. */
const ADDRESS_TAGS = new Set([3, 4, 5, 6, 7, 12, 13, 23, 25, 26, 32, 0x6ffffef5, 0x6ffffff0, 0x6ffffffc, 0x6ffffffe]);
const DT = { rela: 7, relaSize: 8, pltRelocationsSize: 2, pltRelocations: 23, textRelocations: 22, relr: 36, relaCount: 0x6ffffff9, flags1: 0x6ffffffb };
const DF_1_PIE = 0x0800_0000n;

/** Types of relocations by e_machine: what they write, base + addend, base + addend asked at run time, a slot of the PLT. */
const MACHINES: Readonly<Record<number, { readonly relative: number; readonly indirect: number; readonly slot: number }>> = {
  62: { relative: 8, indirect: 37, slot: 7 },
  183: { relative: 1027, indirect: 1032, slot: 1026 },
};

/** Changes `bytes` in place. Returns the number of relocations done, 0 for what is no position-independent program. */
export function prelink(bytes: Buffer): number {
  const elf = parseElf(bytes);
  const types = elf && MACHINES[bytes.readUInt16LE(18)];
  if (types === undefined || bytes.readUInt16LE(16) !== ET_DYN) return 0;
  const programHeaders = records(bytes, Number(bytes.readBigUInt64LE(32)), PROGRAM_HEADER_BYTES, bytes.readUInt16LE(56));
  const dynamicHeader = programHeaders.find((header) => header.readUInt32LE(0) === PT.dynamic);
  if (dynamicHeader === undefined || !programHeaders.some((header) => header.readUInt32LE(0) === PT.interpreter)) return 0;
  const dynamic = records(bytes, Number(dynamicHeader.readBigUInt64LE(8)), DYNAMIC_BYTES, Number(dynamicHeader.readBigUInt64LE(32)) / DYNAMIC_BYTES);
  const entry = (tag: number): Buffer | undefined => dynamic.find((one) => Number(one.readBigUInt64LE(0)) === tag);
  const value = (tag: number): number => Number(entry(tag)?.readBigUInt64LE(8) ?? 0n);
  for (const tag of [DT.textRelocations, DT.relr]) if (entry(tag) !== undefined) throw new RosError('elf-prelink', `a program with dynamic entry ${tag} cannot be given a fixed address`);

  const at = fileOffsets(programHeaders);
  const slots = records(bytes, at(value(DT.pltRelocations)), RELOCATION_BYTES, value(DT.pltRelocationsSize) / RELOCATION_BYTES);
  const table = bytes.subarray(at(value(DT.rela)), at(value(DT.rela)) + value(DT.relaSize));
  const others: Buffer[] = [];
  for (const one of records(table, 0, RELOCATION_BYTES, table.length / RELOCATION_BYTES)) {
    if (one.readUInt32LE(8) === types.relative) bytes.writeBigUInt64LE(BASE + one.readBigUInt64LE(16), at(Number(one.readBigUInt64LE(0))));
    else others.push(Buffer.from(one));
  }
  for (const one of [...others, ...slots]) {
    const type = one.readUInt32LE(8);
    // Until its first call a slot leads back into the PLT.
    if (type === types.slot) move(bytes, at(Number(one.readBigUInt64LE(0))));
    if (type === types.indirect) move(one, 16);
    move(one, 0);
  }
  const count = table.length / RELOCATION_BYTES - others.length;
  table.fill(0);
  Buffer.concat(others).copy(table);
  entry(DT.relaSize)?.writeBigUInt64LE(BigInt(others.length * RELOCATION_BYTES), 8);
  entry(DT.relaCount)?.writeBigUInt64LE(0n, 8);

  moveSymbols(elf?.section('.dynsym') ?? Buffer.alloc(0));
  for (const one of dynamic) {
    const tag = Number(one.readBigUInt64LE(0));
    if (ADDRESS_TAGS.has(tag)) move(one, 8);
    if (tag === DT.flags1) one.writeBigUInt64LE(one.readBigUInt64LE(8) & ~DF_1_PIE, 8);
  }
  for (const header of programHeaders) if (header.readBigUInt64LE(40) > 0n) for (const field of [16, 24]) header.writeBigUInt64LE(header.readBigUInt64LE(field) + BASE, field);
  for (const header of records(bytes, Number(bytes.readBigUInt64LE(40)), SECTION_HEADER_BYTES, bytes.readUInt16LE(60))) move(header, 16);
  move(bytes, 24); // the entry point
  bytes.writeUInt16LE(ET_EXEC, 16);
  return count;
}

/** Adds the base to an address, and leaves alone what is none. */
function move(bytes: Buffer, at: number): void {
  const address = bytes.readBigUInt64LE(at);
  if (address !== 0n) bytes.writeBigUInt64LE(address + BASE, at);
}

function moveSymbols(table: Buffer): void {
  for (const symbol of records(table, 0, SYMBOL_BYTES, table.length / SYMBOL_BYTES)) {
    const section = symbol.readUInt16LE(6);
    if (section !== SHN.undefined && section !== SHN.absolute && (symbol[4]! & 0xf) !== STT_TLS) move(symbol, 8);
  }
}

function records(bytes: Buffer, from: number, size: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => bytes.subarray(from + i * size, from + (i + 1) * size));
}

/** Address -> place in the file, by the segments that are loaded. */
function fileOffsets(programHeaders: readonly Buffer[]): (address: number) => number {
  const segments = programHeaders.filter((header) => header.readUInt32LE(0) === PT.load).map((header) => ({
    from: Number(header.readBigUInt64LE(16)), offset: Number(header.readBigUInt64LE(8)), size: Number(header.readBigUInt64LE(32)), align: header.readBigUInt64LE(48),
  }));
  if (segments.some(({ align }) => align > 0n && BASE % align !== 0n)) throw new RosError('elf-prelink', 'a segment is aligned to more than the fixed address');
  return (address) => {
    const found = segments.find(({ from, size }) => address >= from && address < from + size);
    if (found === undefined) throw new RosError('elf-prelink', `address 0x${address.toString(16)} is in no part of the file`);
    return address - found.from + found.offset;
  };
}
