import { FakeFiles } from '@drover/host';
import { equal, rejects, test } from '@drover/testing';
import { resolveInRoot } from './scoped-path.ts';

test("a container's links lead nowhere outside its root", () => {
  const files = new FakeFiles({
    '/r/etc/passwd': '',
    '/r/abs': '-> /etc/passwd',
    '/r/up': '-> ../../../etc',
    '/r/a/b/link': '-> ../../abs',
    '/r/dir': '-> /a/b',
    '/etc/passwd': 'the host',
  });
  const cases: Readonly<Record<string, string>> = {
    '/etc/passwd': '/r/etc/passwd',
    'abs': '/r/etc/passwd',
    '/up/passwd': '/r/etc/passwd',
    '/dir/link': '/r/etc/passwd',
    '/../../x': '/r/x',
    '/new/place': '/r/new/place',
    '/dir/..': '/r/a',
  };
  for (const [path, expected] of Object.entries(cases)) equal(resolveInRoot(files, '/r', path), expected);
});

test('links that lead in a circle are an error', async () => {
  await rejects(() => resolveInRoot(new FakeFiles({ '/r/a': '-> b', '/r/b': '-> a' }), '/r', '/a'), 'too-many-links');
});
