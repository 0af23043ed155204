// `write_files`: at each start of the container they are for, before anything that might want them. Written inside that
// container: a link there leads nowhere else.

import { basename, codeOf, decodeBase64, dirname, encodeUtf8, gunzip, join, RosError } from '@drover/core';
import type { Configuration } from '@drover/cloud-config';
import type { Files, Host } from '@drover/host';

export type FileEntry = Configuration['write_files'][number];

type EntryHost = Pick<Host, 'files' | 'processes'>;

export function isForConsole({ container }: FileEntry): boolean {
  return container === '' || container === 'console';
}

/** Where the file goes: below the root, whatever dots the path has. Throws `bad-path` for a path that names no file. */
export function placeOfFile(path: string): string {
  const place = join('/', path);
  if (place === '/' || /[\0\n]/.test(path) || path.endsWith('/')) throw new RosError('bad-path', `${JSON.stringify(path)} names no file`);
  return place;
}

const ENCODINGS: Readonly<Record<string, { readonly base64: boolean; readonly gzip: boolean }>> = {
  '': { base64: false, gzip: false },
  b64: { base64: true, gzip: false },
  base64: { base64: true, gzip: false },
  gz: { base64: false, gzip: true },
  gzip: { base64: false, gzip: true },
  'gz+b64': { base64: true, gzip: true },
  'gz+base64': { base64: true, gzip: true },
  'gzip+b64': { base64: true, gzip: true },
  'gzip+base64': { base64: true, gzip: true },
};

/** Unpacked files larger than this are refused: they were not meant for a configuration. */
const LIMIT_BYTES = 32 << 20;

/** Old or new, never a mix; what is a mount of its own is written in place. Throws when the entry is wrong. */
export async function writeEntry(host: EntryHost, entry: FileEntry): Promise<void> {
  const { files } = host;
  const path = placeOfFile(entry.path ?? '');
  const mode = parsePermissions(entry.permissions);
  if (!files.exists(dirname(path))) files.makeDirectory(dirname(path), 0o755);
  const aside = join(dirname(path), `.${basename(path)}.write_files`);
  try {
    files.write(aside, decodeContent(entry), { mode: 0o600 });
    files.changeMode(aside, mode);
    if (entry.owner !== undefined && entry.owner !== '') await changeOwner(host, entry.owner, aside);
    moveInto(files, aside, path, mode);
  } finally {
    files.remove(aside);
  }
}

function decodeContent({ content = '', encoding = '' }: FileEntry): Uint8Array {
  const steps = Object.hasOwn(ENCODINGS, encoding) ? ENCODINGS[encoding]! : undefined;
  if (steps === undefined) throw new RosError('bad-encoding', `unknown encoding ${JSON.stringify(encoding)}`, { hint: `one of ${Object.keys(ENCODINGS).filter((name) => name !== '').join(', ')}` });
  const bytes = steps.base64 ? decodeBase64(content) : encodeUtf8(content);
  if (bytes === undefined) throw new RosError('bad-encoding', 'its content is not base64');
  return steps.gzip ? gunzip(bytes, LIMIT_BYTES) : bytes;
}

function parsePermissions(text: string): number {
  if (text === '') return 0o644;
  if (!/^0?[0-7]{3,4}$/.test(text)) throw new RosError('bad-permissions', `permissions ${JSON.stringify(text)} are not octal`, { hint: "write them as '0644'" });
  return parseInt(text, 8);
}

async function changeOwner(host: EntryHost, owner: string, path: string): Promise<void> {
  const { code, stderr } = await host.processes.run(['/usr/bin/chown', owner, path]);
  if (code !== 0) throw new RosError('bad-owner', `owner ${JSON.stringify(owner)}: ${stderr.trim()}`);
}

/** A file that is a mount of its own, as /etc/hosts is, can't be renamed over. */
function moveInto(files: Files, aside: string, path: string, mode: number): void {
  try {
    files.rename(aside, path);
  } catch (error) {
    if (codeOf(error) !== 'EBUSY') throw error;
    files.write(path, files.readBytes(aside));
    files.changeMode(path, mode);
  }
}
