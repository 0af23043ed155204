// From bytes to text that can be read as a configuration. Files come from every editor there is.

import { placeOf } from '@drover/yaml';
import { decodeUtf8 } from '@drover/core';
import type { ConfigProblem, ProblemCode } from '../problem.ts';

/** Larger than any cloud's user-data; reading this much garbage still takes less than a second. */
export const TEXT_LIMIT_BYTES: number = 512 * 1024;

export interface DecodeOptions {
  /** `ros config merge` and `validate` refuse line ends of DOS; files that are there already are read all the same. */
  readonly dosLineEnds?: 'warn' | 'refuse';
}

export interface DecodedText {
  /** With "\n" line ends; undefined when it is no text. */
  readonly text: string | undefined;
  readonly problems: readonly ConfigProblem[];
}

export function decodeText(data: Uint8Array | string, name: string, options: DecodeOptions = {}): DecodedText {
  const refuse = (code: ProblemCode, message: string, hint: string): DecodedText => ({ text: undefined, problems: [{ code, severity: 'error', message, source: name, hint }] });
  if (data.length > TEXT_LIMIT_BYTES) return refuse('too-large', `larger than ${TEXT_LIMIT_BYTES / 1024} KiB`, 'fetch large files with runcmd, or put them into an image');
  if (typeof data !== 'string' && isGzip(data)) return refuse('not-text', 'this is compressed with gzip', 'unpack it first');
  if (typeof data !== 'string' && isUtf16(data)) return refuse('not-text', 'this text is UTF-16', 'save it as UTF-8');
  let text = typeof data === 'string' ? data : decodeUtf8(data);
  if (text.startsWith('\ufeff')) text = text.slice(1);
  const problems: ConfigProblem[] = [];
  if (text.includes('\r')) {
    if (options.dosLineEnds === 'refuse') return refuse('crlf', "shouldn't contain CRLF characters", 'save the file with Unix line ends');
    problems.push({ code: 'crlf', severity: 'warning', message: 'the file has DOS line ends (CRLF); they are read as Unix line ends', source: name, hint: 'save the file with Unix line ends' });
    text = text.replace(/\r\n?/g, '\n');
  }
  const invalid = text.indexOf('\ufffd');
  if (invalid >= 0) {
    const lineStarts = [0];
    for (let at = text.indexOf('\n'); at >= 0 && at < invalid; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
    problems.push({ code: 'invalid-utf8', severity: 'warning', message: 'a byte that is not UTF-8 is read as U+FFFD', ...placeOf({ name, lineStarts }, invalid), hint: 'save the file as UTF-8' });
  }
  return { text, problems };
}

/** RFC 1952, section 2.3.1. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}
