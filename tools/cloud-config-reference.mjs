// The reference page and the JSON Schema of cloud-config, from the tables in packages/cloud-config/src/schema.
//   node tools/cloud-config-reference.mjs          writes both
//   node tools/cloud-config-reference.mjs --check  fails when one is out of date
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleForNode } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const FILES = [
  { path: 'docs/reference/cloud-config.md', source: 'render-reference.ts', render: 'renderReference' },
  { path: 'docs/reference/cloud-config.schema.json', source: 'render-json-schema.ts', render: 'renderJsonSchema' },
];

async function rendered({ source, render }) {
  const bundle = join(root, `.cache/tools/${source.replace(/\.ts$/, '.mjs')}`);
  mkdirSync(dirname(bundle), { recursive: true });
  await bundleForNode(join(root, 'packages/cloud-config/src/schema', source), bundle);
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
    console.error(`error: ${file.path} is out of date\n  hint: run node tools/cloud-config-reference.mjs`);
    good = false;
  }
}
process.exit(good ? 0 : 1);
