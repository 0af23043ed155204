// Makes rcompose: packages/rcompose/dist/rcompose.cjs starts program.js, one file for Node 18 or later, with program.cache,
// the code that V8 made of it in a first run. CommonJS and without a source map, which Node starts quickest.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'packages/rcompose/dist');
const program = join(dist, 'rcompose.cjs');
const cache = join(dist, 'program.cache');

async function make() {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(root, 'packages/rcompose/src/main.ts')],
    outfile: join(dist, 'program.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    // A script has no imports of its own.
    supported: { 'dynamic-import': false },
    legalComments: 'none',
    logLevel: 'warning',
  });
  copyFileSync(join(root, 'packages/rcompose/src/launch.cjs'), program);
  chmodSync(program, 0o755);
  rmSync(cache, { force: true });
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--first-run'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the first run of rcompose ended with ${status}: ${stderr}`);
  console.log(program);
}

/** `up` of a small project on an engine that has nothing: what it runs through is in the cache. */
function firstRun() {
  const folder = mkdtempSync(join(tmpdir(), 'rcompose-'));
  const socket = join(folder, 'socket');
  writeFileSync(join(folder, 'compose.yaml'), 'services:\n  a: {image: a, command: "b c", environment: {D: e}, ports: ["80:80"], volumes: ["v:/v", "./x:/x"], depends_on: [f], labels: [g=h]}\n  f: {image: a}\nvolumes: {v: }\n');
  const engine = createServer((request, response) => {
    const answers = { '/_ping': 'OK', '/containers/json': '[]', '/networks': '[]', '/volumes': '{"Volumes":[]}', '/images/a/json': '{"Id":"sha256:0","Config":{}}' };
    const answer = answers[request.url.replace(/^\/v[\d.]+|\?.*$/g, '')];
    response.writeHead(answer === undefined ? 404 : 200, { 'Api-Version': '1.45' }).end(answer);
  });
  engine.listen(socket, () => {
    process.env.DOCKER_HOST = `unix://${socket}`;
    process.chdir(folder);
    process.argv = [process.execPath, program, '--dry-run', 'up', '-d'];
    process.on('exit', (code) => {
      if (code === 0) writeFileSync(cache, script.createCachedData());
      rmSync(folder, { recursive: true, force: true });
    });
    const script = createRequire(import.meta.url)(program);
  });
}

if (process.argv[2] === '--first-run') firstRun();
else await make();
