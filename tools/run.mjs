// Runs a TypeScript entry point of this repository on the Node that is there (18 or later):
//   node tools/run.mjs builder/src/main.ts ARGUMENT...
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForNode } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [entry, ...args] = process.argv.slice(2);
const out = join(root, '.cache/tools', `${entry.replace(/[/.]/g, '-')}.mjs`);
mkdirSync(dirname(out), { recursive: true });
await bundleForNode(join(root, entry), out);
const child = spawnSync(process.execPath, ['--enable-source-maps', '--no-warnings', out, ...args], {
  stdio: 'inherit',
  env: { ...process.env, DROVER_ROOT: root },
});
process.exit(child.status ?? 1);
