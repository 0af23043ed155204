// Files over node:fs.

import type { Stats } from 'node:fs';
import {
  chmodSync, chownSync, closeSync, constants, fchmodSync, fstatSync, fsyncSync, linkSync, lstatSync, mkdirSync, openSync,
  readFileSync, readSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, rmdirSync, statSync, statfsSync, symlinkSync, truncateSync, unlinkSync, writeSync,
  watch as watchPath,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '@drover/core';
import type { FileStatus, FileSystemStatus, FileType, Files, OpenFile, Watch, WriteOptions } from '@drover/host';

const TYPES: readonly (readonly [(stats: Stats) => boolean, FileType])[] = [
  [(stats) => stats.isFile(), 'file'],
  [(stats) => stats.isDirectory(), 'directory'],
  [(stats) => stats.isSymbolicLink(), 'symlink'],
  [(stats) => stats.isBlockDevice(), 'block'],
  [(stats) => stats.isCharacterDevice(), 'character'],
  [(stats) => stats.isFIFO(), 'fifo'],
  [(stats) => stats.isSocket(), 'socket'],
];

const OPEN_FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
  append: constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND,
  'read-write': constants.O_RDWR | constants.O_CREAT,
};

function toStatus(stats: Stats): FileStatus {
  return {
    type: TYPES.find(([is]) => is(stats))?.[1] ?? 'file',
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    sizeBytes: stats.size,
    mtimeMs: stats.mtimeMs,
    device: stats.dev,
    inode: stats.ino,
    // glibc's makedev(3), the low parts
    major: (stats.rdev >> 8) & 0xfff,
    minor: (stats.rdev & 0xff) | ((stats.rdev >> 12) & 0xfff00),
  };
}

function present<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function withDescriptor<T>(path: string, flags: number, mode: number, use: (fd: number) => T): T {
  const fd = openSync(path, flags, mode);
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

function writeFully(fd: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

export class NodeFiles implements Files {
  private temporary = 0;

  readText(path: string): string {
    return readFileSync(path, 'utf8');
  }

  readTextIfPresent(path: string): string | undefined {
    return present(() => this.readText(path));
  }

  readBytes(path: string, limitBytes?: number): Uint8Array {
    if (limitBytes === undefined) return new Uint8Array(readFileSync(path));
    return withDescriptor(path, OPEN_FLAGS.read, 0, (fd) => {
      const bytes = new Uint8Array(limitBytes);
      let at = 0;
      for (let got = 1; got > 0 && at < limitBytes; at += got) got = readSync(fd, bytes, at, limitBytes - at, null);
      return bytes.slice(0, at);
    });
  }

  write(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    withDescriptor(path, OPEN_FLAGS.write, options.mode ?? 0o644, (fd) => writeFully(fd, data));
  }

  append(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    withDescriptor(path, OPEN_FLAGS.append, options.mode ?? 0o644, (fd) => writeFully(fd, data));
  }

  writeAtomic(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    this.writeAside(path, data, options, true);
    withDescriptor(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY, 0, (fd) => fsyncSync(fd));
  }

  replace(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    this.writeAside(path, data, options, false);
  }

  private writeAside(path: string, data: string | Uint8Array, options: WriteOptions, sync: boolean): void {
    this.temporary += 1;
    const aside = join(dirname(path), `.${basename(path)}.${process.pid}.${this.temporary}.tmp`); // hidden: see host-quickjs
    const mode = options.mode ?? 0o644;
    try {
      withDescriptor(aside, OPEN_FLAGS.write | constants.O_NOFOLLOW, mode, (fd) => {
        writeFully(fd, data);
        fchmodSync(fd, mode); // whatever the umask says
        if (sync) fsyncSync(fd);
      });
      renameSync(aside, path);
    } catch (error) {
      this.remove(aside);
      throw error;
    }
  }

  overwriteText(path: string, text: string): void {
    const oldBytes = this.stat(path)?.sizeBytes ?? 0;
    const bytes = Buffer.from(text);
    withDescriptor(path, OPEN_FLAGS['read-write'], 0o644, (fd) => writeFully(fd, bytes.length < oldBytes ? text + '\n'.repeat(oldBytes - bytes.length) : bytes));
    truncateSync(path, bytes.length);
  }

  open(path: string, mode: 'read' | 'write' | 'append' | 'read-write'): OpenFile {
    const fd = openSync(path, OPEN_FLAGS[mode], 0o644);
    return {
      read: (into) => readSync(fd, into, 0, into.length, null),
      readAt: (into, position) => readSync(fd, into, 0, into.length, position),
      write: (bytes) => writeFully(fd, bytes),
      sizeBytes: () => fstatSync(fd).size,
      sync: () => fsyncSync(fd),
      close: () => closeSync(fd),
    };
  }

  exists(path: string): boolean {
    return this.stat(path) !== undefined;
  }

  stat(path: string): FileStatus | undefined {
    const stats = present(() => statSync(path));
    return stats && toStatus(stats);
  }

  lstat(path: string): FileStatus | undefined {
    const stats = present(() => lstatSync(path));
    return stats && toStatus(stats);
  }

  list(path: string): string[] {
    return readdirSync(path).sort();
  }

  makeDirectory(path: string, mode = 0o755): void {
    mkdirSync(path, { recursive: true, mode });
  }

  remove(path: string): void {
    present(() => {
      if (lstatSync(path).isDirectory()) rmdirSync(path);
      else unlinkSync(path);
    });
  }

  removeTree(path: string): void {
    rmSync(path, { recursive: true, force: true });
  }

  rename(from: string, to: string): void {
    renameSync(from, to);
  }

  symlink(target: string, path: string): void {
    symlinkSync(target, path);
  }

  link(from: string, to: string): void {
    linkSync(from, to);
  }

  readLink(path: string): string {
    return readlinkSync(path);
  }

  realPath(path: string): string {
    return realpathSync(path);
  }

  changeMode(path: string, mode: number): void {
    chmodSync(path, mode);
  }

  changeOwner(path: string, uid: number, gid: number): void {
    chownSync(path, uid, gid);
  }

  fileSystem(path: string): FileSystemStatus {
    const status = statfsSync(path);
    return { type: status.type, sizeBytes: status.blocks * status.bsize, availableBytes: status.bavail * status.bsize, availableFiles: status.ffree };
  }

  watchDirectory(path: string, onChange: (name: string) => void): Watch {
    return watch(path, (name) => {
      if (this.lstat(`${path}/${name}`) !== undefined) onChange(name); // what went away is no change to tell
    });
  }

  /** Through its folder: a file that is replaced is another one to the kernel. */
  watchFile(path: string, onChange: () => void): Watch {
    return watch(dirname(path), (name) => {
      if (name === basename(path)) onChange();
    });
  }
}

function watch(folder: string, onName: (name: string) => void): Watch {
  const watcher = watchPath(folder, (_, name) => {
    if (name !== null) onName(name);
  });
  return { close: () => watcher.close() };
}
