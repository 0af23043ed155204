// The fuzzer of the configuration loader (packages/cloud-config/src/fuzz), on Node and in the real QuickJS binary at the same time,
// each within 64 MB. Stops at the first finding and keeps its input.
//   node tools/fuzz.mjs [--seconds N] [--seed N] [node|quickjs]    (default: 600 s, a seed from the clock, both)
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleForNode, bundleForQuickjs } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, '.cache/fuzz');
const source = join(root, 'packages/cloud-config/src/fuzz/fuzz.ts');
const LIMIT_MB = 64;
/** An input that is at work for longer hangs: its own bound is a second, and other programs run on the machine. */
const SILENCE_MS = 30_000;

const RUNTIMES = {
  // The limit is for what is in use: garbage is collected before it is reached. Node itself takes 4 MB of it.
  node: {
    bundle: bundleForNode,
    prelude: '',
    print: '(line) => process.stdout.write(line)',
    exit: 'process.exit',
    command: (file) => [process.execPath, `--max-old-space-size=${LIMIT_MB}`, '--enable-source-maps', file],
  },
  // Address space: the program, its stack and its heap.
  quickjs: {
    bundle: (entry, outfile) => bundleForQuickjs({ entryPoints: [entry], outfile }),
    prelude: `import ${JSON.stringify(join(root, 'packages/host-quickjs/src/prelude.ts'))}; import { exit } from 'ros:loop';`,
    print: '(line) => globalThis.__ros.out(line)',
    exit: 'exit',
    command: (file) => ['prlimit', `--as=${(LIMIT_MB + 16) << 20}`, join(root, '.cache/native/ros-test'), file],
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
  const { bundle, prelude, print, exit } = RUNTIMES[name];
  const entry = join(cache, `${name}-entry.ts`);
  writeFileSync(entry, `${prelude}
import { fuzz } from ${JSON.stringify(source)};
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

async function keep(seed, number) {
  const bundled = join(cache, 'inputs.mjs');
  await bundleForNode(source, bundled);
  const { bytes } = (await import(pathToFileURL(bundled).href)).inputOf(seed, number);
  const path = join(cache, `found-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.txt`);
  writeFileSync(path, bytes);
  return path;
}

const options = parseArguments(process.argv.slice(2));
if (options === undefined) {
  console.error('usage: node tools/fuzz.mjs [--seconds N] [--seed N] [node|quickjs]');
  process.exit(2);
}
if (options.runtimes.includes('quickjs') && !existsSync(join(root, '.cache/native/ros-test'))) {
  console.error('error: .cache/native/ros-test is missing\n  hint: run ./dev build ros-test first');
  process.exit(2);
}
mkdirSync(cache, { recursive: true });
const outcomes = await Promise.all(
  options.runtimes.map(async (name, i) => {
    const seed = options.seed + i;
    const { number, what } = await run(name, await makeProgram(name, { ...options, seed }));
    if (what === '') console.log(`fuzzer on ${name}: ${number + 1} inputs (seed ${seed}), nothing found`);
    else console.log(`fuzzer on ${name}: input ${number} of seed ${seed}: ${what}\n  kept as ${await keep(seed, number)}: add it to packages/cloud-config/src/fuzz/seeds`);
    return what === '';
  }),
);
process.exit(outcomes.every(Boolean) ? 0 : 1);
