// The reference page of cloud-config, from the schema in packages/cloud-config.
//   node tools/cloud-config-reference.mjs          writes docs/reference/cloud-config.md
//   node tools/cloud-config-reference.mjs --check  fails when it is out of date
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleForNode } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'docs/reference/cloud-config.md');
const bundle = join(root, '.cache/tools/cloud-config-reference.mjs');
mkdirSync(dirname(bundle), { recursive: true });
await bundleForNode(join(root, 'packages/cloud-config/src/schema/render-reference.ts'), bundle);
const { renderReference } = await import(pathToFileURL(bundle).href);
const text = renderReference();
if (!process.argv.includes('--check')) {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
} else {
  let current = '';
  try {
    current = readFileSync(target, 'utf8');
  } catch {}
  if (current !== text) {
    console.error('cloud-config reference: docs/reference/cloud-config.md is out of date; run node tools/cloud-config-reference.mjs');
    process.exit(1);
  }
}
