import { decodeUtf8 } from '@drover/core';
import { FakeFiles, readAll } from '@drover/host';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import type { Build } from '../model/service-parts.ts';
import { openBuildContext } from './build-context.ts';
import { parseIgnoreRules } from './dockerignore.ts';

/** `PATH SIZE` of each entry, as tar's own format says. */
function entriesOf(archive: Uint8Array): string[] {
  const entries: string[] = [];
  let long: string | undefined;
  for (let at = 0; archive[at] !== 0; ) {
    const text = (from: number, length: number): string => decodeUtf8(archive.subarray(at + from, at + from + length)).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8);
    const sum = archive.subarray(at, at + 512).reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 32 : byte), 0);
    equal(Number.parseInt(text(148, 8), 8), sum);
    const content = decodeUtf8(archive.subarray(at + 512, at + 512 + size)).replace(/\0$/, '');
    if (text(156, 1) === 'L') long = content;
    else {
      entries.push(`${long ?? text(0, 100)} ${size}`);
      long = undefined;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

async function contextOf(tree: Readonly<Record<string, string>>, build: Partial<Build> = {}): Promise<{ readonly entries: string[]; readonly dockerfile: string }> {
  const { archive, dockerfile } = openBuildContext({ files: new FakeFiles(tree) }, { context: '/c', ...build });
  return { entries: entriesOf(await readAll(archive)), dockerfile };
}

test('a build context is a tar archive of its folder, long names and all', async () => {
  const long = `${'folder/'.repeat(20)}file`;
  const { entries, dockerfile } = await contextOf({ '/c/Dockerfile': 'FROM x', '/c/a/b': '12345', [`/c/${long}`]: 'x', '/other': 'no' });
  equal(dockerfile, 'Dockerfile');
  deepEqual(entries.filter((one) => !one.endsWith('/ 0')), ['Dockerfile 6', 'a/b 5', `${long} 1`]);
});

test('.dockerignore keeps files out, but never the Dockerfile', async () => {
  const { entries } = await contextOf({ '/c/Dockerfile': 'FROM x', '/c/.dockerignore': '*\n!keep\n', '/c/keep/a': '1', '/c/drop/b': '2' });
  deepEqual(entries, ['.dockerignore 8', 'Dockerfile 6', 'keep/ 0', 'keep/a 1']);
});

test('a Dockerfile in the compose file or outside of the context is added', async () => {
  deepEqual(await contextOf({ '/c/a': '' }, { dockerfile_inline: 'FROM y' }), { entries: ['a 0', '.dockerfile-from-compose 6'], dockerfile: '.dockerfile-from-compose' });
  deepEqual(await contextOf({ '/c/a': '', '/d/Dockerfile': 'FROM z!' }, { dockerfile: '../d/Dockerfile' }), { entries: ['a 0', '.dockerfile-from-compose 7'], dockerfile: '.dockerfile-from-compose' });
});

test('a missing context or Dockerfile is told', async () => {
  await rejects(() => contextOf({ '/x': '' }), 'no-context');
  await rejects(() => contextOf({ '/c/x': '' }), 'no-dockerfile');
});

const RULES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['*.log', ['a.log'], ['dir/a.log', 'a.logs']],
  ['**/*.log', ['a.log', 'x/y/a.log'], ['a.txt']],
  ['node_modules', ['node_modules', 'node_modules/x/y'], ['x/node_modules', 'node_modules2']],
  ['/docs/\n# comment\n\n', ['docs/a'], ['a/docs']],
  ['*\n!a\nab', ['b', 'ab'], ['a', 'a/x']],
  ['f?le[12]', ['file1', 'fule2'], ['file3', 'fle1']],
  ['a/**/z', ['a/z', 'a/b/c/z'], ['a/b']],
];

for (const [rules, out, kept] of RULES) {
  test(`.dockerignore: ${JSON.stringify(rules)}`, () => {
    const ignored = parseIgnoreRules(rules);
    deepEqual([...out, ...kept].filter((path) => ignored(path)), out);
  });
}
