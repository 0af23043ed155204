// TypeScript -> bundle -> bytecode -> one static binary. Also the test binary, which takes its modules from files.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RosError } from '@drover/core';
import type { Product } from '../cache.ts';
import { produce } from '../cache.ts';
import { blankUnwindTables } from '../images/blank-unwind.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { Workspace } from '../workspace.ts';
import type { Locate } from './map-positions.ts';
import { mapPositions } from './map-positions.ts';

/** The whole of `ros` must stay below this. */
export const ROS_LIMIT_BYTES: number = 4 << 20;

/** Everything but the compiler of bytecode. */
const SOURCES = '/mnt/native/main.c /mnt/native/args.c /mnt/native/transfer.c /mnt/native/mod_*.c /mnt/native/archive/*.c';
const LIBRARIES = '/usr/lib/$(gcc -print-multiarch)/quickjs/libquickjs.a -lmbedtls -lmbedx509 -lmbedcrypto -lm -lpthread -ldl -lutil';
const WARNINGS = '-Wall -Wextra -Werror';
const RELEASE = '-Os -static -s -ffunction-sections -fdata-sections -Wl,--gc-sections -Wl,-z,relro -Wl,--build-id=none';

/** The C side with no bytecode inside, for unit tests: it loads modules from files. */
export async function buildTestBinary(workspace: Workspace, toolchain: Toolchain): Promise<Product> {
  return buildFromSource(workspace, toolchain, 'ros-test', '-O1 -g -static');
}

/**
 * The same, which ends at the first access out of bounds, after a free, or of undefined behaviour, and at the end tells
 * what leaked. Dynamically linked, as the sanitizers want it: it starts with the toolchain's own loader.
 */
export async function buildSanitizedBinary(workspace: Workspace, toolchain: Toolchain): Promise<Product> {
  return buildFromSource(workspace, toolchain, 'ros-test-sanitized', '-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined');
}

async function buildFromSource(workspace: Workspace, toolchain: Toolchain, name: string, flags: string): Promise<Product> {
  return produce(workspace, name, { text: ['v2', flags], paths: ['native'], products: [toolchain.product] }, async (into) => {
    writeFileSync(join(into, 'bytecode.S'), renderBytecodeTable([]));
    await compileC(workspace, toolchain, into, `gcc -std=gnu11 ${WARNINGS} ${flags} -DROS_FROM_SOURCE -o /mnt/out/${name} ${SOURCES} /mnt/out/bytecode.S ${LIBRARIES}`);
  });
}

/** The compiler from ES modules to bytecode: QuickJS itself, linked statically so that it runs anywhere. */
async function buildCompiler(workspace: Workspace, toolchain: Toolchain): Promise<Product> {
  return produce(workspace, 'bytecode-compiler', { text: 'v1', paths: ['native/compile.c'], products: [toolchain.product] }, (into) =>
    compileC(workspace, toolchain, into, `gcc -std=gnu11 ${WARNINGS} -O1 -static -s -o /mnt/out/compile /mnt/native/compile.c ${LIBRARIES}`),
  );
}

async function compileC(workspace: Workspace, toolchain: Toolchain, into: string, script: string): Promise<void> {
  await toolchain.run(['sh', '-ec', script], { native: join(workspace.root, 'native'), out: into });
}

/** What every program's outcome depends on, besides its own sources. */
const PIPELINE = ['native', 'builder/src/ros', 'builder/src/images/blank-unwind.ts', 'builder/src/images/elf.ts', 'tools/bundle.mjs', 'package-lock.json', 'tsconfig.base.json'];

export async function buildRos(workspace: Workspace, toolchain: Toolchain, version: string): Promise<Product> {
  const compiler = await buildCompiler(workspace, toolchain);
  const sources = [...PIPELINE, 'packages', 'os/src', 'os/package.json'];
  return produce(workspace, 'ros', { text: ['v3', version], paths: sources, products: [toolchain.product, compiler] }, async (into) => {
    await buildProgram(workspace, toolchain, compiler, 'os/src/main.ts', 'ros', version, into);
    const size = statSync(join(into, 'ros')).size;
    if (size > ROS_LIMIT_BYTES) throw new RosError('ros-too-large', `ros has ${size} bytes, more than ${ROS_LIMIT_BYTES}`, { hint: 'look for a library that came in with an import' });
  });
}

/** A program that only fails, built as `ros` is: what its stack trace says is what one of `ros` says. */
export async function buildTraceProbe(workspace: Workspace, toolchain: Toolchain): Promise<Product> {
  const compiler = await buildCompiler(workspace, toolchain);
  return produce(workspace, 'trace-probe', { text: 'v2', paths: PIPELINE, products: [toolchain.product, compiler] }, (into) =>
    buildProgram(workspace, toolchain, compiler, 'builder/src/ros/trace-probe/main.ts', 'trace-probe', 'probe', into),
  );
}

async function buildProgram(workspace: Workspace, toolchain: Toolchain, compiler: Product, entry: string, name: string, version: string, into: string): Promise<void> {
  const bundle = join(into, 'bundle');
  const bytecode = join(into, 'bytecode');
  mkdirSync(bytecode, { recursive: true });
  const { bundleForQuickjs } = (await import(pathToFileURL(join(workspace.root, 'tools/bundle.mjs')).href)) as typeof import('../../../tools/bundle.mjs');
  await bundleForQuickjs({
    absWorkingDir: workspace.root, // chunk names have a hash of paths relative to it
    entryPoints: [join(workspace.root, entry)],
    outdir: bundle,
    splitting: true,
    chunkNames: '[name]-[hash]',
    sourcemap: 'external',
    define: { ROS_VERSION: JSON.stringify(version) },
  });
  const chunks = readdirSync(bundle).filter((file) => file.endsWith('.js')).sort();
  await toolchain.run(['/mnt/compiler/compile', '/mnt/bytecode', ...chunks], { compiler: compiler.path, bytecode, bundle }, { cwd: '/mnt/bundle' });
  for (const chunk of chunks) {
    const file = join(bytecode, `${chunk}.bc`);
    writeFileSync(file, mapPositions(readFileSync(file), readSourceMap(workspace.root, join(bundle, `${chunk}.map`))));
  }
  writeFileSync(join(into, 'bytecode.S'), renderBytecodeTable(chunks));
  await compileC(workspace, toolchain, into, `gcc -std=gnu11 ${WARNINGS} ${RELEASE} -o /mnt/out/${name} ${SOURCES} /mnt/out/bytecode.S ${LIBRARIES}`);
  const program = join(into, name);
  const bytes = readFileSync(program);
  if (blankUnwindTables(program, bytes)) writeFileSync(program, bytes);
}

/** Positions of the sources, with the file as a path in the repository. */
function readSourceMap(root: string, file: string): Locate {
  const map = new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
  return (line, column) => {
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry) || entry.originalSource === undefined) return undefined;
    return { file: relative(root, resolve(dirname(file), entry.originalSource)), line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  };
}

/** Assembly that embeds the chunks and the table main.c searches. */
export function renderBytecodeTable(chunks: readonly string[]): string {
  const data = chunks.map((name, i) => [
    `.balign 8`, `start${i}: .incbin "/mnt/out/bytecode/${name}.bc"`, `end${i}: .byte 0`, `name${i}: .asciz "${name}"`,
  ]);
  return [
    '.section .rodata',
    ...data.flat(),
    '.globl ros_chunk_count',
    '.balign 4',
    `ros_chunk_count: .long ${chunks.length}`,
    '.section .data.rel.ro,"aw"',
    '.globl ros_chunks',
    '.balign 8',
    'ros_chunks:',
    ...chunks.map((_, i) => `.quad name${i}, start${i}, end${i}`),
    '.quad 0, 0, 0',
    '.section .note.GNU-stack,"",%progbits',
    '',
  ].join('\n');
}
