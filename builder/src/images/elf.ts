// The little of ELF that the builder needs: the libraries a file asks for, its interpreter, and any section's bytes.
// Source: the System V ABI, 64-bit little-endian only (amd64 and arm64 are both that).

const SECTION_HEADER_BYTES = 64;
const DT_NEEDED = 1n;
const DT_STRTAB_SECTION = '.dynstr';

export interface ElfFile {
  readonly needed: readonly string[];
  /** Symbols it takes from libraries that version theirs. */
  readonly imports: readonly Import[];
  section(name: string): Buffer | undefined;
}

export interface Import {
  readonly symbol: string;
  readonly library: string;
  readonly version: string;
  /** Of a variable, its size; 0 for a function. */
  readonly objectBytes: number;
}

/** Undefined when it is not a 64-bit little-endian ELF file. */
export function parseElf(bytes: Buffer): ElfFile | undefined {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) return undefined;
  const sections = readSections(bytes);
  const dynamic = sections.get('.dynamic');
  const strings = sections.get(DT_STRTAB_SECTION);
  const needed: string[] = [];
  if (dynamic !== undefined && strings !== undefined) {
    for (let at = 0; at + 16 <= dynamic.length; at += 16) {
      if (dynamic.readBigInt64LE(at) === DT_NEEDED) needed.push(cString(strings, Number(dynamic.readBigUInt64LE(at + 8))));
    }
  }
  return { needed, imports: readImports(sections), section: (name) => sections.get(name) };
}

function readSections(bytes: Buffer): Map<string, Buffer> {
  const table = Number(bytes.readBigUInt64LE(40));
  const count = bytes.readUInt16LE(60);
  const namesIndex = bytes.readUInt16LE(62);
  const sections = new Map<string, Buffer>();
  if (table === 0 || table + count * SECTION_HEADER_BYTES > bytes.length) return sections;
  const header = (i: number): Buffer => bytes.subarray(table + i * SECTION_HEADER_BYTES, table + (i + 1) * SECTION_HEADER_BYTES);
  const content = (i: number): Buffer => {
    const offset = Number(header(i).readBigUInt64LE(24));
    const size = Number(header(i).readBigUInt64LE(32));
    return header(i).readUInt32LE(4) === 8 /* SHT_NOBITS */ ? Buffer.alloc(0) : bytes.subarray(offset, offset + size);
  };
  const names = content(namesIndex);
  for (let i = 0; i < count; i += 1) sections.set(cString(names, header(i).readUInt32LE(0)), content(i));
  return sections;
}

function cString(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('latin1', at, end < 0 ? bytes.length : end);
}

const SYMBOL_BYTES = 24;
const STT_OBJECT = 1;

/** From .dynsym, .gnu.version and .gnu.version_r (the LSB's symbol versioning). */
function readImports(sections: ReadonlyMap<string, Buffer>): Import[] {
  const [symbols, strings, versions, needs] = ['.dynsym', '.dynstr', '.gnu.version', '.gnu.version_r'].map((name) => sections.get(name));
  if (symbols === undefined || strings === undefined || versions === undefined || needs === undefined) return [];
  const origins = new Map<number, { library: string; version: string }>();
  for (let at = 0; at + 16 <= needs.length; ) {
    const library = cString(strings, needs.readUInt32LE(at + 4));
    for (let aux = at + needs.readUInt32LE(at + 8), left = needs.readUInt16LE(at + 2); left > 0; left -= 1) {
      origins.set(needs.readUInt16LE(aux + 6) & 0x7fff, { library, version: cString(strings, needs.readUInt32LE(aux + 8)) });
      aux += needs.readUInt32LE(aux + 12);
    }
    const next = needs.readUInt32LE(at + 12);
    if (next === 0) break;
    at += next;
  }
  const imports: Import[] = [];
  for (let i = 0; (i + 1) * SYMBOL_BYTES <= symbols.length; i += 1) {
    const origin = origins.get(versions.readUInt16LE(i * 2) & 0x7fff);
    if (origin === undefined) continue;
    // A variable of a library appears as defined here: the program has room for a copy of it.
    const isObject = (symbols[i * SYMBOL_BYTES + 4]! & 0xf) === STT_OBJECT;
    const objectBytes = isObject ? Number(symbols.readBigUInt64LE(i * SYMBOL_BYTES + 16)) : 0;
    imports.push({ symbol: cString(strings, symbols.readUInt32LE(i * SYMBOL_BYTES)), ...origin, objectBytes });
  }
  return imports;
}
