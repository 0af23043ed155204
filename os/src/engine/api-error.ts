// Failures that the API reports to a client: a code of ours, the HTTP status it means, and Docker's own wording,
// which clients match on.

import { codeOf, RosError } from '@drover/core';
import type { RosErrorOptions } from '@drover/core';

/** Code -> HTTP status; every other error is a 500. */
const STATUS = {
  'not-modified': 304,
  'invalid-parameter': 400,
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
