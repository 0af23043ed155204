// What can be wrong with an HTTP message, as the codes that callers match on.

import { RosError } from '@drover/core';

/** `http-syntax`: not HTTP. `http-too-large`: over a limit. `http-truncated`: the peer stopped in the middle. */
export type HttpErrorCode = 'http-syntax' | 'http-too-large' | 'http-truncated';

export function httpError(code: HttpErrorCode, message: string): RosError {
  return new RosError(code, message);
}
