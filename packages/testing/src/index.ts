// A test runner small enough to run the same tests on Node and in the QuickJS binary. Tests are collected while the
// bundle is loaded and run by `runTests`, which the entry point written by tools/test.mjs calls last.

export { Dice } from './dice.ts';

export interface Test {
  readonly title: string;
  readonly body: () => void | Promise<void>;
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
}

const collected: Test[] = [];

/** `title` is a sentence that states a behaviour. */
export function test(title: string, body: () => void | Promise<void>): void {
  collected.push({ title, body });
}

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function fail(message: string): never {
  throw new AssertionError(message);
}

/** Identity for primitives; use deepEqual for the rest. */
export function equal<T>(actual: T, expected: T): void {
  if (!Object.is(actual, expected)) fail(`expected ${show(expected)}\n       got ${show(actual)}${firstDifference(actual, expected)}`);
}

export function deepEqual<T>(actual: T, expected: T): void {
  if (!same(actual, expected)) fail(`expected ${show(expected)}\n       got ${show(actual)}`);
}

export function ok(value: unknown, message = 'expected a true value'): asserts value {
  if (!value) fail(message);
}

export function match(actual: string, pattern: RegExp): void {
  if (!pattern.test(actual)) fail(`expected text matching ${String(pattern)}\n       got ${show(actual)}`);
}

/** Resolves to the error that `body` threw. */
export async function rejects(body: () => unknown, code?: string): Promise<Error> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof Error)) return fail(`threw something that is not an Error: ${show(error)}`);
    const actual = 'code' in error ? error.code : undefined;
    if (code !== undefined && actual !== code) fail(`expected the code ${code}, got ${show(actual)} (${error.message})`);
    return error;
  }
  return fail('expected an error, but nothing was thrown');
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map || a instanceof Set) return same([...a], [...(b as Map<unknown, unknown> | Set<unknown>)]);
  if (a instanceof Error) return a.message === (b as Error).message;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && same(a[key as never], b[key as never]));
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes [${[...value].join(' ')}]`;
  if (typeof value === 'string') return value.includes('\n') ? `text:\n${value}` : JSON.stringify(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Map || value instanceof Set) return show([...value]);
  return JSON.stringify(value, (_, inner: unknown) => (inner === undefined ? '(undefined)' : inner)) ?? String(value);
}

function firstDifference(actual: unknown, expected: unknown): string {
  if (typeof actual !== 'string' || typeof expected !== 'string' || !expected.includes('\n')) return '';
  const [a, b] = [actual.split('\n'), expected.split('\n')];
  const line = a.findIndex((text, i) => text !== b[i]);
  const at = line < 0 ? a.length : line;
  return `\nfirst difference in line ${at + 1}:\n  expected ${show(b[at])}\n       got ${show(a[at])}`;
}

/** Runs everything that was collected, in order, one at a time. A run without any test is a failure. */
export async function runTests(print: (line: string) => void, filter = ''): Promise<Summary> {
  let passed = 0;
  let failed = 0;
  for (const { title, body } of collected.filter((one) => one.title.includes(filter))) {
    try {
      await body();
      passed += 1;
    } catch (error) {
      failed += 1;
      const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error);
      print(`not ok: ${title}\n  ${text.replace(/\n/g, '\n  ')}`);
    }
  }
  if (passed + failed === 0) {
    print('not ok: there was no test to run');
    return { passed, failed: 1 };
  }
  return { passed, failed };
}
