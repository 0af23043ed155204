// TypeScript types of the native modules, from the C files themselves.
//   node tools/native-types.mjs          writes packages/host-quickjs/src/native.d.ts
//   node tools/native-types.mjs --check  fails when it is out of date
// Each exported function carries its signature in a comment right above it (`//: name(a: string): number`); the
// arity in the export table must be the number of its parameters.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'packages/host-quickjs/src/native.d.ts');
const problems = [];

function moduleTypes(file) {
  const text = readFileSync(join(root, 'native', file), 'utf8');
  const area = /NATIVE_MODULE\((\w+)\)/.exec(text)?.[1];
  if (!area) return '';
  const signatures = new Map();
  const pattern = /\/\/: (\w+)\((.*?)\): (.+)\n(?:FUNCTION\(ros_(\w+)\)|\w+_CALL\(ros_(\w+),)/g;
  for (const [, name, parameters, result, plain, generated] of text.matchAll(pattern)) {
    if (name !== (plain ?? generated)) problems.push(`${file}: signature of ${name} stands above ros_${plain ?? generated}`);
    signatures.set(name, { parameters, result });
  }
  const lines = [];
  for (const [, name, arity] of text.matchAll(/EXPORT\((\w+), (\d+)\)/g)) {
    const signature = signatures.get(name);
    if (!signature) {
      problems.push(`${file}: ${name} is exported without a signature comment`);
      continue;
    }
    signatures.delete(name);
    const count = countParameters(signature.parameters);
    if (count !== Number(arity)) problems.push(`${file}: ${name} has ${count} parameters, but its table entry says ${arity}`);
    lines.push(`  export function ${name}(${signature.parameters}): ${signature.result};`);
  }
  for (const name of signatures.keys()) problems.push(`${file}: ${name} has a signature but is not exported`);
  for (const [, name] of text.matchAll(/CONSTANT\((\w+)\)/g)) lines.push(`  export const ${name}: number;`);
  return `declare module 'ros:${area}' {\n${lines.join('\n')}\n}\n`;
}

/** Commas inside brackets (function types, tuples) do not separate parameters. */
function countParameters(parameters) {
  if (parameters.trim() === '') return 0;
  let depth = 0;
  let count = 1;
  for (const character of parameters.replace(/=>/g, '')) {
    if ('([{<'.includes(character)) depth += 1;
    if (')]}>'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) count += 1;
  }
  return count;
}

const header = `// Written by tools/native-types.mjs from native/mod_*.c: change the C files, not this one.

interface Stat {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly major: number;
  readonly minor: number;
  readonly size: number;
  readonly blocks: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

interface StatFs {
  readonly type: number;
  readonly blockSize: number;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly blocksAvailable: number;
  readonly files: number;
  readonly filesFree: number;
}

interface SpawnOptions {
  readonly argv: readonly string[];
  readonly file?: string;
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly root?: string;
  /** Number in the child, descriptor here, number, descriptor... */
  readonly fds?: readonly number[];
  readonly namespaces?: readonly number[];
  readonly cgroup?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly newSession?: boolean;
  readonly controllingTty?: boolean;
  readonly deathSignal?: number;
}

interface Identity {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly gid: number;
}

interface SystemName {
  readonly hostname: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
}

interface Unpacked {
  /** SHA-256 of the archive as it was read. */
  readonly digest: ArrayBuffer;
  readonly archiveBytes: number;
  /** Of the files in it. */
  readonly contentBytes: number;
}

interface Packed {
  readonly digest: ArrayBuffer;
  readonly archiveBytes: number;
}

/** Opaque. */
interface TlsSession {
  readonly __tlsSession: never;
}
`;

const files = readdirSync(join(root, 'native')).filter((name) => /^mod_\w+\.c$/.test(name)).sort();
const text = [header, ...files.map(moduleTypes)].join('\n');
for (const problem of problems) console.error(`native types: ${problem}`);
if (problems.length > 0) process.exit(1);
if (process.argv.includes('--check')) {
  let current = '';
  try {
    current = readFileSync(target, 'utf8');
  } catch {}
  if (current !== text) {
    console.error('native types: packages/host-quickjs/src/native.d.ts is out of date; run node tools/native-types.mjs');
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
