// Checks that pages find each other: every relative link in a page leads to a file, with #anchor to a heading, and every
// page that a comment names exists.
//   node tools/check-docs.mjs
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const listed = spawnSync('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8', maxBuffer: 1 << 26 });
if (listed.status !== 0) throw new Error(`git ls-files failed: ${listed.stderr}`);
const files = listed.stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));

/** As GitHub makes them from headings. */
function anchorsOf(path) {
  const text = withoutCode(readFileSync(path, 'utf8'));
  return new Set([...text.matchAll(/^#+ +(.+)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-')));
}

function withoutCode(text) {
  return text.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '`');
}

function linksOf(page) {
  return [...withoutCode(readFileSync(join(root, page), 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

function checkLink(page, target) {
  if (/^[a-z]+:/.test(target)) return undefined; // another site
  const [path, anchor] = target.split('#');
  const full = path === '' ? join(root, page) : resolve(root, dirname(page), decodeURIComponent(path));
  if (relative(root, full).startsWith('..')) return `${page}: ${target} leads out of the repository`;
  if (!existsSync(full)) return `${page}: ${target} does not exist`;
  if (anchor !== undefined && !anchorsOf(full).has(anchor)) return `${page}: ${target} has no such heading`;
  return undefined;
}

const pages = files.filter((path) => path.endsWith('.md'));
const sources = files.filter((path) => /\.(ts|mts|mjs|c|h|yml|json)$|^dev$/.test(path));
let links = 0;
const problems = [];
for (const page of pages) {
  for (const target of linksOf(page)) {
    links += 1;
    problems.push(checkLink(page, target));
  }
}
for (const source of sources) {
  const named = new Set(readFileSync(join(root, source), 'utf8').match(/\bdocs\/[\w/-]+\.md\b/g) ?? []);
  for (const page of named) {
    links += 1;
    if (!existsSync(join(root, page))) problems.push(`${source}: ${page} does not exist`);
  }
}
const found = problems.filter((one) => one !== undefined);
for (const one of found) console.error(one);
if (links === 0) console.error('no page has a link: is this the repository?');
console.log(`docs: ${pages.length} pages, ${links} links, ${found.length} broken`);
process.exit(found.length === 0 && links > 0 ? 0 : 1);
