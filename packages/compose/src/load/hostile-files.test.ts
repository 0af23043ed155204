// Files made to hurt: loading ends soon, with problems, and never throws.

import { FakeFiles } from '@drover/host';
import { ok, test } from '@drover/testing';
import { loadProject } from './load-project.ts';

const LIMIT_MS = 60_000; // on a busy machine; what it guards against takes minutes, or all of the stack
const service = (keys: string): string => `services:\n  a:\n    image: x\n${keys}`;

const HOSTILE: readonly (readonly [string, string, Readonly<Record<string, string>>?])[] = [
  ['variables in variables', service(`    hostname: "${'${A:-'.repeat(20_000)}${'}'.repeat(20_000)}"\n`)],
  ['variables that are never closed', service(`    hostname: "${'${A:-'.repeat(50_000)}"\n`)],
  ['dollar signs', service(`    hostname: "${'$'.repeat(100_001)}"\n`)],
  ['a long chain of dependencies', `services:\n${Array.from({ length: 1000 }, (_, i) => `  s${i}: {image: x, depends_on: [s${i + 1}]}\n`).join('')}  s1000: {image: x}\n`],
  ['a long chain of extends', `services:\n${Array.from({ length: 200 }, (_, i) => `  s${i}: {extends: s${i + 1}}\n`).join('')}  s200: {image: x}\n`],
  ['many ports', service('    ports: ["1-20000:1-20000"]\n')],
  ['many ports in two documents', `${service('    ports: ["1-5000"]\n')}---\n${service('    ports: ["1-5000"]\n')}`],
  ['one port often', service(`    ports: [${'80, '.repeat(10_000)}]\n`)],
  ['a long env file', service('    env_file: e\n'), { e: `${'KEY=value\n'.repeat(50_000)}${'# comment\n'.repeat(20_000)}` }],
  ['an env file of blanks', service('    env_file: e\n'), { e: ' '.repeat(500_000) }],
  ['an open quote in an env file', service('    env_file: e\n'), { e: `A="${'x\\'.repeat(100_000)}` }],
  ['an odd command', service(`    command: '${'a '.repeat(100_000)}'\n`)],
  ['an odd duration', service(`    stop_grace_period: ${'1h'.repeat(50_000)}x\n`)],
  ['a name that is no name', 'services: {constructor: {image: x}, toString: {image: y, depends_on: [valueOf]}}\n'],
  ['nothing', ''],
  ['a list', '- a\n'],
];

for (const [title, text, files] of HOSTILE) {
  test(`a hostile compose file is dealt with: ${title}`, () => {
    const started = Date.now();
    loadProject({ files: new FakeFiles({ '/p/compose.yaml': text, ...Object.fromEntries(Object.entries(files ?? {}).map(([name, content]) => [`/p/${name}`, content])) }) }, { folder: '/p' });
    ok(Date.now() - started < LIMIT_MS, `it took ${Date.now() - started} ms`);
  });
}
