// Claims about what a machine said. Each failure shows what was seen.

import { RosError } from '@drover/core';

function broken(message: string): never {
  throw new RosError('expectation', message);
}

export function expectEqual<T extends string | number | boolean | undefined>(actual: T, expected: T, what = 'it'): void {
  if (actual !== expected) broken(`${what} should be ${JSON.stringify(expected)}, but is ${JSON.stringify(actual)}`);
}

export function expectContains(text: string, part: string | RegExp, what = 'the output'): void {
  const found = typeof part === 'string' ? text.includes(part) : part.test(text);
  if (!found) broken(`${what} should contain ${String(part)}, but is:\n${text}`);
}

export function expectLacks(text: string, part: string | RegExp, what = 'the output'): void {
  const found = typeof part === 'string' ? text.includes(part) : part.test(text);
  if (found) broken(`${what} must not contain ${String(part)}, but is:\n${text}`);
}

export function expectTrue(fact: boolean, what: string): void {
  if (!fact) broken(what);
}
