import { deepEqual, equal, test } from '@drover/testing';
import type { ElfFile } from './elf.ts';
import { importsFrom, renderSource, renderVersions } from './stand-in.ts';

const imports = [
  { symbol: 'gss_b', library: 'l', version: 'V_2', objectBytes: 0 },
  { symbol: 'gss_a', library: 'l', version: 'V_1', objectBytes: 0 },
  { symbol: 'gss_a', library: 'l', version: 'V_1', objectBytes: 0 },
];

test('a stand-in has each function once, in the version that is asked for', () => {
  equal(renderSource(imports, -1), 'long gss_a(void) { return -1; }\nlong gss_b(void) { return -1; }\n');
  equal(renderSource([{ symbol: 'v', library: 'l', version: 'V_1', objectBytes: 8 }], 0), 'char v[8];\n');
  equal(renderVersions(imports), 'V_1 { global: gss_a; local: *; };\nV_2 { global: gss_b; local: *; };\n');
});

test('of a library without versions, what a program asks for is what the library has', () => {
  const program = (needed: readonly string[]): ElfFile => ({ needed, imports: [], looseImports: ['z_compress', 'other'], exports: [], section: () => undefined });
  const found = importsFrom('libz', [program(['libz']), program(['libc'])], new Set(['z_compress', 'z_unused']));
  deepEqual(found, [{ symbol: 'z_compress', library: 'libz', version: '', objectBytes: 0 }]);
  equal(renderVersions(found), '{ global: z_compress; local: *; };\n');
});
