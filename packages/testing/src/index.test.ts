import { AssertionError, deepEqual, equal, rejects, test } from './index.ts';

test('deep equality sees types, missing keys and bytes', async () => {
  deepEqual({ a: [1, { b: undefined }] }, { a: [1, { b: undefined }] });
  deepEqual(new Map([['a', [1]]]), new Map([['a', [1]]]));
  deepEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2));
  const different: readonly (readonly [unknown, unknown])[] = [
    [{ a: 1 }, { a: 1, b: undefined }],
    [[1, 2], [1]],
    [[], {}],
    [Uint8Array.of(1), Uint8Array.of(2)],
    ['1', 1],
  ];
  for (const [a, b] of different) {
    const error = await rejects(() => deepEqual<unknown>(a, b));
    equal(error instanceof AssertionError, true);
  }
});

test('rejects fails when nothing is thrown and when the code is another one', async () => {
  await rejects(() => rejects(() => undefined));
  await rejects(() => rejects(() => Promise.reject(Object.assign(new Error('x'), { code: 'A' })), 'B'));
});
