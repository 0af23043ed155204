// What Docker Compose makes of the corpus in packages/compose/src/corpus: the yardstick of its tests.
//   node tools/compose-corpus.mjs          writes expected.json there
//   node tools/compose-corpus.mjs --check  fails when Docker Compose says something else than expected.json
// Docker Compose 2 is looked for in DROVER_DOCKER_COMPOSE, in Docker's folders of plugins and on the PATH; without one
// --check says so and passes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleForNode } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'packages/compose/src/corpus/expected.json');
const PROGRAMS = [process.env.DROVER_DOCKER_COMPOSE, '/usr/libexec/docker/cli-plugins/docker-compose', '/usr/lib/docker/cli-plugins/docker-compose', 'docker-compose'].filter(Boolean);

function findProgram() {
  return PROGRAMS.find((program) => /\bv?2\.\d/.test(spawnSync(program, ['version'], { encoding: 'utf8' }).stdout ?? ''));
}

/** Standard output and hashes, or the last line of the error. */
function run(program, one) {
  rmSync(dirname(folder), { recursive: true, force: true });
  for (const [name, text] of Object.entries(one.files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const args = [...(one.use ?? []).flatMap((file) => ['-f', file]), ...(one.profiles ?? []).flatMap((name) => ['--profile', name])];
  const ended = (...more) => spawnSync(program, [...args, 'config', ...more], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home, ...one.environment } });
  const { status, stdout, stderr } = ended();
  if (status !== 0) return { error: stderr.trim().split('\n').at(-1).replace(/^time="[^"]*" /, '') };
  const hashes = Object.fromEntries(ended('--hash', '*').stdout.trim().split('\n').map((line) => line.split(' ')));
  return { config: stdout, hashes };
}

const program = findProgram();
if (program === undefined) {
  console.log('compose corpus: not compared, there is no Docker Compose 2 on this machine');
  process.exit(process.argv.includes('--check') ? 0 : 1);
}
const bundle = join(root, '.cache/tools/compose-corpus.mjs');
mkdirSync(dirname(bundle), { recursive: true });
await bundleForNode(join(root, 'packages/compose/src/corpus/index.ts'), bundle);
const { CORPUS, FOLDER: folder, HOME: home } = await import(pathToFileURL(bundle).href);
const outcome = {};
for (const one of CORPUS) outcome[one.name] = run(program, one);
rmSync(dirname(folder), { recursive: true, force: true });
const text = `${JSON.stringify(outcome, null, 1)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
  console.log(`compose corpus: ${CORPUS.length} cases written, ${Object.values(outcome).filter((one) => one.error).length} of them errors`);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  const before = existsSync(target) ? JSON.parse(readFileSync(target, 'utf8')) : {};
  const changed = Object.keys(outcome).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(outcome[name]));
  console.error(`compose corpus: Docker Compose says something else about ${changed.join(', ')}`);
  process.exit(1);
} else {
  console.log(`compose corpus: ${CORPUS.length} cases, as recorded`);
}
