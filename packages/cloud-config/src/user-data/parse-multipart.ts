// User-data of several parts: MIME (RFC 2045, 2046), as cloud-init's `make-mime` and Terraform write it.

import { decodeBase64, decodeUtf8, encodeUtf8 } from '@drover/core';

export interface Part {
  /** In lower case, without parameters; `text/plain` when the part names none. */
  readonly type: string;
  /** File name, or `part N`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Multipart {
  readonly parts: readonly Part[];
  /** Sentences about what is missing or damaged. */
  readonly complaints: readonly string[];
}

interface Entity {
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

export const PART_LIMIT = 64;

/** Undefined when it has no boundary: then it is no multipart text. Parts within parts keep their type `multipart/...`. */
export function parseMultipart(bytes: Uint8Array): Multipart | undefined {
  const { fields, body } = splitEntity(decodeUtf8(bytes).replace(/\r\n?/g, '\n'));
  const type = fields.get('content-type') ?? '';
  const boundary = /^multipart\//i.test(type) ? parameter(type, 'boundary') : undefined;
  if (boundary === undefined || boundary === '') return undefined;
  const complaints: string[] = [];
  const { pieces, isClosed } = splitParts(body, boundary);
  if (!isClosed) complaints.push('the last part is never closed: the text may have been cut');
  if (pieces.length > PART_LIMIT) complaints.push(`more than ${PART_LIMIT} parts: the rest is left out`);
  const parts = pieces.slice(0, PART_LIMIT).flatMap((piece, i) => readPart(piece, i, complaints) ?? []);
  return { parts, complaints };
}

function readPart(piece: string, index: number, complaints: string[]): Part | undefined {
  const { fields, body } = splitEntity(piece);
  const written = fields.get('content-type') ?? 'text/plain';
  const type = written.split(';', 1)[0]!.trim().toLowerCase();
  const name = parameter(fields.get('content-disposition') ?? '', 'filename') ?? parameter(written, 'name') ?? `part ${index + 1}`;
  // A part that is multipart itself is read again with its fields.
  const bytes = type.startsWith('multipart/') ? encodeUtf8(piece) : decodeBody(body, fields.get('content-transfer-encoding') ?? '');
  if (bytes !== undefined) return { type, name, bytes };
  complaints.push(`${name}: its content is not ${fields.get('content-transfer-encoding')!.trim()}`);
  return undefined;
}

/** Header fields up to an empty line, then the body. Folded lines belong to the field before. */
function splitEntity(text: string): Entity {
  const end = text.startsWith('\n') ? 0 : text.indexOf('\n\n');
  const head = (end < 0 ? text : text.slice(0, end)).replace(/\n[ \t]+/g, ' ');
  const fields = new Map<string, string>();
  for (const line of head.split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name !== '' && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return { fields, body: end < 0 ? '' : text.slice(end === 0 ? 1 : end + 2) };
}

function splitParts(body: string, boundary: string): { pieces: string[]; isClosed: boolean } {
  const pieces: string[] = [];
  let current: string[] | undefined;
  for (const line of body.split('\n')) {
    const mark = line.trimEnd();
    if (mark !== `--${boundary}` && mark !== `--${boundary}--`) {
      current?.push(line);
      continue;
    }
    if (current !== undefined) pieces.push(current.join('\n'));
    if (mark.endsWith('--') && mark !== `--${boundary}`) return { pieces, isClosed: true };
    current = [];
  }
  if (current !== undefined) pieces.push(current.join('\n'));
  return { pieces, isClosed: false };
}

function parameter(field: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(field);
  return found === null ? undefined : (found[1] ?? found[2]);
}

function decodeBody(body: string, encoding: string): Uint8Array | undefined {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return decodeBase64(body);
    case 'quoted-printable':
      return decodeQuotedPrintable(body);
    default:
      // The line end before a boundary belongs to the boundary; the text ended in one of its own or not.
      return encodeUtf8(body);
  }
}

function decodeQuotedPrintable(body: string): Uint8Array {
  const joined = encodeUtf8(body.replace(/[ \t]+$/gm, '').replace(/=\n/g, ''));
  const bytes: number[] = [];
  for (let i = 0; i < joined.length; i += 1) {
    const digits = joined[i] === 0x3d ? decodeUtf8(joined.slice(i + 1, i + 3)) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
      bytes.push(parseInt(digits, 16));
      i += 2;
    } else bytes.push(joined[i]!);
  }
  return Uint8Array.from(bytes);
}
