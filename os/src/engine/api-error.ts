// Failures that the API reports to a client: a code of ours, the HTTP status it means, and Docker's own wording,
// which clients match on.

import { codeOf, explain, RosError } from '@drover/core';
import type { RosErrorOptions } from '@drover/core';

/** Code -> HTTP status; every other error is a 500. */
const STATUS = {
  'not-modified': 304,
  'invalid-parameter': 400,
  'unauthorized': 401,
  'forbidden': 403,
  'not-found': 404,
  'conflict': 409,
  'system': 500,
  'not-implemented': 501,
  'unavailable': 503,
  'http-syntax': 400,
  'http-too-large': 413,
} as const;

export type ApiErrorCode = keyof typeof STATUS;

export function apiError(code: ApiErrorCode, message: string, options?: RosErrorOptions): RosError {
  return new RosError(code, message, options);
}

export function statusOf(error: unknown): number {
  const code = codeOf(error) ?? '';
  return code in STATUS ? STATUS[code as ApiErrorCode] : 500;
}

/** What a user can do something about; their codes alone say little. */
const KERNEL_WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EIO: 'input/output error',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in system',
  ENOMEM: 'cannot allocate memory',
  EACCES: 'permission denied',
};

/** Why it failed, in the words of the kernel's manual instead of its codes. */
export function inWords(error: unknown): string {
  return explain(error).replace(/\bE[A-Z]+\b/g, (code) => KERNEL_WORDS[code] ?? code);
}
