// The "newc" cpio format of an initramfs. Source: Documentation/driver-api/early-userspace/buffer-format.rst.

export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string;
  /** With the type bits (0o100644, 0o040755, 0o120777, 0o020600). */
  readonly mode: number;
  readonly content?: Uint8Array;
  readonly major?: number;
  readonly minor?: number;
}

export const DIRECTORY = 0o040755;
export const EXECUTABLE = 0o100755;
export const REGULAR = 0o100644;
export const SYMLINK = 0o120777;
export const CHARACTER = 0o020600;

export function renderCpio(entries: readonly CpioEntry[], epoch: number): Buffer {
  const chunks: Buffer[] = [];
  const pad = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);
  const add = (entry: CpioEntry, inode: number): void => {
    const content = Buffer.from(entry.content ?? []);
    const name = Buffer.from(`${entry.path}\0`);
    const fields = [inode, entry.mode, 0, 0, entry.mode >= 0o040000 && entry.mode < 0o050000 ? 2 : 1, epoch, content.length, 0, 0, entry.major ?? 0, entry.minor ?? 0, name.length, 0];
    const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
    chunks.push(header, name, pad(header.length + name.length), content, pad(content.length));
  };
  entries.forEach((entry, i) => add(entry, i + 1));
  add({ path: 'TRAILER!!!', mode: 0 }, 0);
  return Buffer.concat(chunks);
}
