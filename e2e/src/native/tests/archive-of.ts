// Tar archives made by hand, with names that no honest tool writes.

import { createHash } from 'node:crypto';

export interface ArchiveMember {
  readonly name: string;
  /** Default: a file. */
  readonly type?: 'file' | 'hard-link' | 'symlink' | 'folder';
  readonly content?: string | Buffer;
  readonly link?: string;
}

const TYPES = { file: '0', 'hard-link': '1', symlink: '2', folder: '5' } as const;
const BLOCK = 512;

export function archiveOf(members: readonly ArchiveMember[]): Buffer {
  return Buffer.concat([...members.flatMap(renderMember), Buffer.alloc(2 * BLOCK)]);
}

function renderMember({ name, type = 'file', content = '', link = '' }: ArchiveMember): Buffer[] {
  const bytes = Buffer.from(content);
  const head = Buffer.alloc(BLOCK);
  head.write(name, 0);
  head.write('0000755\0', 100);
  head.write('0000000\0', 108);
  head.write('0000000\0', 116);
  head.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  head.write('00000000000\0', 136);
  head.write('        ', 148);
  head.write(TYPES[type], 156);
  head.write(link, 157);
  head.write('ustar\x0000', 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [head, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
}

export function digestOf(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** As `docker save` made it before OCI layouts: one image of these layers. */
export function savedImage(name: string, layers: readonly Buffer[], diffIds: readonly string[] = layers.map(digestOf)): Buffer {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', created: '2020-01-01T00:00:00Z', config: { Cmd: ['true'] }, rootfs: { type: 'layers', diff_ids: diffIds.map((hex) => `sha256:${hex}`) } });
  const names = layers.map((_, i) => `layer-${i}.tar`);
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: names }]);
  return archiveOf([{ name: 'manifest.json', content: manifest }, { name: 'config.json', content: config }, ...layers.map((content, i) => ({ name: names[i]!, content }))]);
}
