// The little of ELF that the builder needs: the libraries a file asks for, its interpreter, and any section's bytes.
// Source: the System V ABI, 64-bit little-endian only (amd64 and arm64 are both that).

export const SECTION_HEADER_BYTES = 64;
export const SYMBOL_BYTES = 24;
/** With an addend, the only kind that 64-bit programs have. */
export const RELOCATION_BYTES = 24;
const DT_NEEDED = 1n;
const DT_STRTAB_SECTION = '.dynstr';

export interface ElfFile {
  readonly needed: readonly string[];
  /** Symbols it takes from libraries that version theirs. */
  readonly imports: readonly Import[];
  /** Functions it takes without saying from which library. */
  readonly looseImports: readonly string[];
  /** Symbols that others may take from it. */
  readonly exports: readonly string[];
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
  const symbols = readSymbols(sections);
  return {
    needed,
    imports: symbols.flatMap(({ name, origin, objectBytes }) => (origin === undefined ? [] : [{ symbol: name, ...origin, objectBytes }])),
    looseImports: symbols.filter((one) => one.origin === undefined && !one.isDefined).map((one) => one.name),
    exports: symbols.filter((one) => one.origin === undefined && one.isDefined).map((one) => one.name),
    section: (name) => sections.get(name),
  };
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

const STT_OBJECT = 1;

interface Origin {
  readonly library: string;
  readonly version: string;
}

interface DynamicSymbol {
  readonly name: string;
  readonly isDefined: boolean;
  /** Of an import from a library with versions. */
  readonly origin: Origin | undefined;
  readonly objectBytes: number;
}

/** From .dynsym, .gnu.version and .gnu.version_r (the LSB's symbol versioning). */
function readSymbols(sections: ReadonlyMap<string, Buffer>): DynamicSymbol[] {
  const [symbols, strings, versions, needs] = ['.dynsym', '.dynstr', '.gnu.version', '.gnu.version_r'].map((name) => sections.get(name));
  if (symbols === undefined || strings === undefined) return [];
  const origins = needs === undefined ? new Map<number, Origin>() : readOrigins(needs, strings);
  const found: DynamicSymbol[] = [];
  for (let i = 1; (i + 1) * SYMBOL_BYTES <= symbols.length; i += 1) {
    const at = i * SYMBOL_BYTES;
    // A variable of a library appears as defined here: the program has room for a copy of it.
    const isObject = (symbols[at + 4]! & 0xf) === STT_OBJECT;
    found.push({
      name: cString(strings, symbols.readUInt32LE(at)),
      isDefined: symbols.readUInt16LE(at + 6) !== 0,
      origin: versions === undefined ? undefined : origins.get(versions.readUInt16LE(i * 2) & 0x7fff),
      objectBytes: isObject ? Number(symbols.readBigUInt64LE(at + 16)) : 0,
    });
  }
  return found;
}

/** Index of .gnu.version -> whose version that is. */
function readOrigins(needs: Buffer, strings: Buffer): Map<number, Origin> {
  const origins = new Map<number, Origin>();
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
  return origins;
}
