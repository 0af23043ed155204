// The one error that our code throws. Absence is `undefined`, a user's mistakes are Problems; this is for failure.

export interface RosErrorOptions {
  /** What the user can do about it, as an imperative sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** What is known about the failure: path, pid, status... Used by callers and printed in debug logs. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Match on `code`, never on the text. `message` is a sentence without a full stop. */
export class RosError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: RosErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RosError';
    this.code = code;
    this.hint = options.hint;
    this.facts = options.facts ?? {};
  }
}

/** The code of a RosError or of an error from the kernel (`ENOENT`...), or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The kernel's errors that people may meet, in the words of libc and of Docker, which scripts look for. */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EBUSY: 'device or resource busy',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EEXIST: 'file exists',
  EHOSTUNREACH: 'no route to host',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'file name too long',
  ENETUNREACH: 'network is unreachable',
  ENODEV: 'no such device',
  ENOENT: 'no such file or directory',
  ENOMEM: 'cannot allocate memory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EPERM: 'operation not permitted',
  EPIPE: 'broken pipe',
  EROFS: 'read-only file system',
  ETIMEDOUT: 'connection timed out',
};

/** The kernel's errors in words: "open /etc/motd: no such file or directory". */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  if (code === undefined || !error.message.endsWith(`: ${code}`)) return error.message;
  return `${error.message.slice(0, -code.length)}${WORDS[code] ?? code}`;
}

/** The message with the messages of its causes: "mounting /state: mount: EINVAL". */
export function explain(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at !== undefined && parts.length < 6; at = at instanceof Error ? at.cause : undefined) {
    const text = messageOf(at);
    if (text !== '' && !parts.some((part) => part.includes(text))) parts.push(text);
  }
  return parts.join(': ');
}

/** `explain`, and the hint on a line of its own. */
export function explainWithHint(error: unknown): string {
  const hint = hintOf(error);
  return hint === undefined ? explain(error) : `${explain(error)}\n  hint: ${hint}`;
}

/** The first hint found along the chain of causes. */
export function hintOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    if (at instanceof RosError && at.hint !== undefined) return at.hint;
  }
  return undefined;
}
