// The fuzzers, side by side: of the configuration loader (packages/cloud-config/src/fuzz), on Node and in the real QuickJS
// binary, each within 64 MB; and of the archive reader (packages/host-quickjs/src/fuzz), under the sanitizers and as root.
// Each stops at its first finding and keeps its input.
//   node tools/fuzz.mjs [--seconds N] [--seed N] [node|quickjs|archives]    (default: 600 s, a seed from the clock, all)
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleForNode, bundleForQuickjs } from './bundle.mjs';
import { startSanitized } from './sanitized.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, '.cache/fuzz');
const CONFIGURATIONS = { source: 'packages/cloud-config/src/fuzz/fuzz.ts', inputs: 'packages/cloud-config/src/fuzz/fuzz.ts' };
const ARCHIVES = { source: 'packages/host-quickjs/src/fuzz/fuzz-archives.ts', inputs: 'packages/host-quickjs/src/fuzz/archive-inputs.ts' };
const LIMIT_MB = 64;
/** An input that is at work for longer hangs: its own bound is a second, and other programs run on the machine. */
const SILENCE_MS = 30_000;

const QUICKJS = {
  bundle: (entry, outfile) => bundleForQuickjs({ entryPoints: [entry], outfile }),
  prelude: `import ${JSON.stringify(join(root, 'packages/host-quickjs/src/prelude.ts'))}; import { exit } from 'ros:loop';`,
  print: '(line) => globalThis.__ros.out(line)',
  exit: 'exit',
};

const RUNTIMES = {
  // The limit is for what is in use: garbage is collected before it is reached. Node itself takes 4 MB of it.
  node: {
    ...CONFIGURATIONS,
    bundle: bundleForNode,
    prelude: '',
    print: '(line) => process.stdout.write(line)',
    exit: 'process.exit',
    command: (file) => [process.execPath, `--max-old-space-size=${LIMIT_MB}`, '--enable-source-maps', file],
  },
  // Address space: the program, its stack and its heap.
  quickjs: {
    ...CONFIGURATIONS,
    ...QUICKJS,
    binary: 'ros-test',
    command: (file) => ['prlimit', `--as=${(LIMIT_MB + 16) << 20}`, join(root, '.cache/native/ros-test'), file],
  },
  archives: {
    ...ARCHIVES,
    ...QUICKJS,
    binary: 'ros-test-sanitized',
    command: (file) => [...startSanitized(root), join(root, '.cache/native/ros-test-sanitized'), file],
  },
};

function parseArguments(args) {
  const given = args.filter((one) => one in RUNTIMES);
  const options = { seconds: 600, seed: Date.now() % 1_000_000, runtimes: given.length > 0 ? given : Object.keys(RUNTIMES) };
  for (let i = 0; i < args.length; i += 1) {
    if (args[i] === '--seconds' || args[i] === '--seed') options[args[i].slice(2)] = Number(args[(i += 1)]);
    else if (!(args[i] in RUNTIMES)) return undefined;
  }
  return options.seconds > 0 && Number.isSafeInteger(options.seed) ? options : undefined;
}

async function makeProgram(name, { seed, seconds }) {
  const { source, bundle, prelude, print, exit } = RUNTIMES[name];
  const entry = join(cache, `${name}-entry.ts`);
  writeFileSync(entry, `${prelude}
import { fuzz } from ${JSON.stringify(join(root, source))};
const print: (line: string) => void = ${print};
fuzz(${seed}, Date.now() + ${seconds * 1000}, (number) => print(number + '\\n')).then((finding) => {
  print(finding === undefined ? 'done\\n' : 'found ' + JSON.stringify(finding.what) + '\\n');
  ${exit}(0);
});
`);
  const program = join(cache, `${name}.mjs`);
  await bundle(entry, program);
  return program;
}

/** Resolves to the number of the last input and what is wrong with it, if anything. */
function run(name, program) {
  const [file, ...args] = RUNTIMES[name].command(program);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const state = { number: 0, outcome: '', errors: '', silent: false };
  const watchdog = setTimeout(() => {
    state.silent = true;
    child.kill('SIGKILL');
  }, SILENCE_MS);
  let tail = '';
  child.stdout.setEncoding('utf8').on('data', (data) => {
    watchdog.refresh();
    const lines = (tail + data).split('\n');
    tail = lines.pop();
    for (const line of lines) {
      if (/^[0-9]+$/.test(line)) state.number = Number(line);
      else state.outcome = line;
    }
  });
  child.stderr.setEncoding('utf8').on('data', (data) => (state.errors = (state.errors + data).slice(-4000)));
  return new Promise((done) =>
    child.on('close', (code, signal) => {
      clearTimeout(watchdog);
      done({ number: state.number, what: verdict(state, signal ?? code) });
    }),
  );
}

/** Empty when nothing is wrong. */
function verdict({ outcome, silent, errors }, end) {
  if (outcome === 'done') return '';
  if (outcome.startsWith('found ')) return JSON.parse(outcome.slice(6));
  return silent ? `hangs: no answer in ${SILENCE_MS / 1000} s` : `ended with ${end} (more than ${LIMIT_MB} MB of memory?)\n${errors}`;
}

async function keep(name, seed, number) {
  const bundled = join(cache, `${name}-inputs.mjs`);
  await bundleForNode(join(root, RUNTIMES[name].inputs), bundled);
  const { bytes } = (await import(pathToFileURL(bundled).href)).inputOf(seed, number);
  const path = join(cache, `found-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.txt`);
  writeFileSync(path, bytes);
  return path;
}

const options = parseArguments(process.argv.slice(2));
if (options === undefined) {
  console.error('usage: node tools/fuzz.mjs [--seconds N] [--seed N] [node|quickjs|archives]');
  process.exit(2);
}
for (const { binary } of options.runtimes.map((name) => RUNTIMES[name])) {
  if (binary === undefined || existsSync(join(root, '.cache/native', binary))) continue;
  console.error(`error: .cache/native/${binary} is missing\n  hint: run ./dev build ${binary} first`);
  process.exit(2);
}
mkdirSync(cache, { recursive: true });
const outcomes = await Promise.all(
  options.runtimes.map(async (name, i) => {
    const seed = options.seed + i;
    const { number, what } = await run(name, await makeProgram(name, { ...options, seed }));
    if (what === '') console.log(`fuzzer on ${name}: ${number + 1} inputs (seed ${seed}), nothing found`);
    else console.log(`fuzzer on ${name}: input ${number} of seed ${seed}: ${what}\n  kept as ${await keep(name, seed, number)}: make a test of it`);
    return what === '';
  }),
);
process.exit(outcomes.every(Boolean) ? 0 : 1);
