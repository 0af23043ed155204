// Unit tests. usage: node tools/unit-tests.mjs [node|quickjs|sanitized|all] [FILTER]
// All *.test.ts run on Node; those of the portable packages and of os/ run in the real QuickJS binary too.
// `sanitized`: the latter with the C side under the address and undefined-behaviour sanitizers; not part of `all`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForNode, bundleForQuickjs } from './bundle.mjs';
import { startSanitized } from './sanitized.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, '.cache/unit-tests');
const [runtime = 'all', filter = ''] = process.argv.slice(2);

// Which folders run where. host-quickjs needs its native modules, host-node and the tools need Node.
const ON_NODE = ['packages/core', 'packages/testing', 'packages/host', 'packages/host-node', 'packages/docker-api', 'packages/fetch', 'packages/yaml', 'packages/cloud-config', 'packages/compose', 'os', 'builder', 'e2e', 'bench'];
const ON_QUICKJS = ['packages/core', 'packages/testing', 'packages/host', 'packages/host-quickjs', 'packages/docker-api', 'packages/fetch', 'packages/yaml', 'packages/cloud-config', 'packages/compose', 'os'];

function testsBelow(folder) {
  return readdirSync(join(root, folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function writeEntry(name, files, lines) {
  mkdirSync(cache, { recursive: true });
  const path = join(cache, `${name}.ts`);
  const imports = files.map((file) => `import ${JSON.stringify(relative(cache, file))};`);
  writeFileSync(path, [...lines[0], ...imports, ...lines[1]].join('\n'));
  return path;
}

async function onNode() {
  const files = ON_NODE.flatMap(testsBelow);
  const entry = writeEntry('node', files, [
    [],
    [
      `import { runTests } from '@drover/testing';`,
      `const { passed, failed } = await runTests((line) => console.error(line), ${JSON.stringify(filter)});`,
      `console.log(\`unit tests on Node: \${passed} passed, \${failed} failed (${files.length} files)\`);`,
      `process.exit(failed === 0 ? 0 : 1);`,
    ],
  ]);
  const out = join(cache, 'node.mjs');
  await bundleForNode(entry, out);
  return spawnSync(process.execPath, ['--enable-source-maps', '--no-warnings', out], { stdio: 'inherit', env: { ...process.env, DROVER_ROOT: root } }).status === 0;
}

async function onQuickjs(name, start, folders = ON_QUICKJS) {
  const binary = join(root, '.cache/native', name);
  if (!existsSync(binary)) {
    console.error(`unit tests on QuickJS: .cache/native/${name} is missing; run ./dev build ${name} first`);
    return false;
  }
  const files = folders.flatMap(testsBelow);
  const entry = writeEntry('quickjs', files, [
    [`import ${JSON.stringify(relative(cache, join(root, 'packages/host-quickjs/src/prelude.ts')))};`],
    [
      `import { runTests } from '@drover/testing';`,
      `import { exit } from 'ros:loop';`,
      `const ros = (globalThis as any).__ros;`,
      `runTests((line) => ros.err(line + '\\n'), ${JSON.stringify(filter)}).then(({ passed, failed }) => {`,
      `  ros.out(\`unit tests on QuickJS: \${passed} passed, \${failed} failed (${files.length} files)\\n\`);`,
      `  exit(failed === 0 ? 0 : 1);`,
      `});`,
    ],
  ]);
  const out = join(cache, 'quickjs.js');
  await bundleForQuickjs({ entryPoints: [entry], outfile: out, sourcemap: 'external' });
  const [program, ...args] = [...start(), binary, out];
  const run = spawnSync(program, args, { encoding: 'utf8', cwd: root, maxBuffer: 1 << 28, timeout: 300_000 });
  process.stderr.write(remap(run.stderr, `${out}.map`));
  process.stdout.write(run.stdout);
  if (run.error || run.signal) console.error(`${name} ended with ${run.error ?? run.signal}`);
  return run.status === 0;
}

/** Stack frames of the bundle, in terms of the TypeScript sources. */
function remap(text, mapFile) {
  if (text === '') return '';
  const map = new SourceMap(JSON.parse(readFileSync(mapFile, 'utf8')));
  return text.replace(/\(?[^\s()]*quickjs\.js:(\d+):(\d+)\)?/g, (frame, line, column) => {
    const entry = map.findEntry(line - 1, column - 1);
    return entry.originalSource ? `(${relative(root, resolve(cache, entry.originalSource))}:${entry.originalLine + 1})` : frame;
  });
}

const RUNTIMES = {
  node: [onNode],
  quickjs: [() => onQuickjs('ros-test', () => [])],
  // Neither yaml nor cloud-config: they call nothing native, and their bounds in time are for the real binary.
  sanitized: [() => onQuickjs('ros-test-sanitized', () => startSanitized(root), ON_QUICKJS.filter((folder) => !['packages/yaml', 'packages/cloud-config', 'packages/compose'].includes(folder)))],
};
RUNTIMES.all = [...RUNTIMES.node, ...RUNTIMES.quickjs];
if (!(runtime in RUNTIMES)) {
  console.error(`error: no such runtime: ${runtime}\n  hint: ${Object.keys(RUNTIMES).join(', ')}`);
  process.exit(2);
}
let good = true;
for (const run of RUNTIMES[runtime]) good = (await run()) && good;
process.exit(good ? 0 : 1);
