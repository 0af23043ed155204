// The reference pages of cloud-config and of `ros`, and the JSON Schema, from the tables that the program itself uses.
//   node tools/references.mjs          writes them
//   node tools/references.mjs --check  fails when one is out of date
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleForNode } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const FILES = [
  { path: 'docs/reference/cloud-config.md', source: 'packages/cloud-config/src/schema/render-reference.ts', render: 'renderReference' },
  { path: 'docs/reference/cloud-config.schema.json', source: 'packages/cloud-config/src/schema/render-json-schema.ts', render: 'renderJsonSchema' },
  { path: 'docs/reference/ros.md', source: 'os/src/command/render-reference.ts', render: 'renderReference' },
];

async function rendered({ path, source, render }) {
  const bundle = join(root, `.cache/tools/${basename(path)}.mjs`);
  mkdirSync(dirname(bundle), { recursive: true });
  await bundleForNode(join(root, source), bundle);
  return (await import(pathToFileURL(bundle).href))[render]();
}

function current(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

let good = true;
for (const file of FILES) {
  const text = await rendered(file);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(join(root, file.path)), { recursive: true });
    writeFileSync(join(root, file.path), text);
  } else if (current(file.path) !== text) {
    console.error(`error: ${file.path} is out of date\n  hint: run node tools/references.mjs`);
    good = false;
  }
}
process.exit(good ? 0 : 1);
