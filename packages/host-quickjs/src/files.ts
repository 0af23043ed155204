// Files over ros:fs and ros:io.

import { basename, codeOf, dirname, encodeUtf8, join } from '@drover/core';
import type { FileStatus, FileSystemStatus, FileType, Files, OpenFile, Watch, WriteOptions } from '@drover/host';
import * as fs from 'ros:fs';
import * as io from 'ros:io';
import * as loop from 'ros:loop';
import { decode } from 'ros:text';
import * as inotify from 'ros:watch';

const OPEN_FLAGS = {
  read: io.O_RDONLY,
  write: io.O_WRONLY | io.O_CREAT | io.O_TRUNC,
  append: io.O_WRONLY | io.O_CREAT | io.O_APPEND,
  'read-write': io.O_RDWR | io.O_CREAT,
};

const TYPES: Readonly<Record<number, FileType>> = {
  [fs.S_IFREG]: 'file',
  [fs.S_IFDIR]: 'directory',
  [fs.S_IFLNK]: 'symlink',
  [fs.S_IFBLK]: 'block',
  [fs.S_IFCHR]: 'character',
  [fs.S_IFIFO]: 'fifo',
  [fs.S_IFSOCK]: 'socket',
};

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? encodeUtf8(data) : data;
}

function writeFully(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += io.write(fd, bytes.subarray(at)) ?? 0;
}

function toStatus(status: ReturnType<typeof fs.stat>): FileStatus {
  return {
    type: TYPES[status.mode & fs.S_IFMT] ?? 'file',
    mode: status.mode & 0o7777,
    uid: status.uid,
    gid: status.gid,
    sizeBytes: status.size,
    mtimeMs: status.mtimeMs,
    device: status.dev,
    inode: status.ino,
    major: status.major,
    minor: status.minor,
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
  const fd = io.open(path, flags, mode);
  try {
    return use(fd);
  } finally {
    io.close(fd);
  }
}

export class QuickjsFiles implements Files {
  private temporary = 0;

  readText(path: string): string {
    return decode(this.readBytes(path));
  }

  readTextIfPresent(path: string): string | undefined {
    return present(() => this.readText(path));
  }

  readBytes(path: string, limitBytes = 0): Uint8Array {
    return new Uint8Array(fs.readFile(path, limitBytes));
  }

  write(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    withDescriptor(path, OPEN_FLAGS.write, options.mode ?? 0o644, (fd) => writeFully(fd, bytesOf(data)));
  }

  append(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    withDescriptor(path, OPEN_FLAGS.append, options.mode ?? 0o644, (fd) => writeFully(fd, bytesOf(data)));
  }

  writeAtomic(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    this.writeAside(path, data, options, true);
    withDescriptor(dirname(path), io.O_RDONLY | io.O_DIRECTORY, 0, (fd) => io.fsync(fd));
  }

  replace(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    this.writeAside(path, data, options, false);
  }

  private writeAside(path: string, data: string | Uint8Array, options: WriteOptions, sync: boolean): void {
    const mode = options.mode ?? 0o644;
    const { aside, fd } = this.openAside(path, mode);
    try {
      try {
        writeFully(fd, bytesOf(data));
        fs.chmod(aside, mode); // whatever the umask says
        if (sync) io.fsync(fd);
      } finally {
        io.close(fd);
      }
      fs.rename(aside, path);
    } catch (error) {
      this.remove(aside);
      throw error;
    }
  }

  /**
   * Other processes may write the same file, also from another PID namespace: the kernel decides whose name is free.
   * Hidden: a power cut may leave it in a directory of which every file counts.
   */
  private openAside(path: string, mode: number): { aside: string; fd: number } {
    for (;;) {
      this.temporary += 1;
      const aside = join(dirname(path), `.${basename(path)}.${this.temporary}.tmp`);
      try {
        return { aside, fd: io.open(aside, OPEN_FLAGS.write | io.O_EXCL | io.O_NOFOLLOW, mode) };
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  }

  overwriteText(path: string, text: string): void {
    const oldBytes = this.stat(path)?.sizeBytes ?? 0;
    const bytes = bytesOf(text);
    withDescriptor(path, OPEN_FLAGS['read-write'], 0o644, (fd) => writeFully(fd, bytes.length < oldBytes ? bytesOf(text + '\n'.repeat(oldBytes - bytes.length)) : bytes));
    fs.truncate(path, bytes.length);
  }

  open(path: string, mode: 'read' | 'write' | 'append' | 'read-write'): OpenFile {
    const fd = io.open(path, OPEN_FLAGS[mode], 0o644);
    return {
      read: (into) => io.read(fd, into) ?? 0,
      readAt: (into, position) => io.readAt(fd, into, position),
      write: (bytes) => writeFully(fd, bytes),
      sizeBytes: () => fs.fstat(fd).size,
      sync: () => io.fsync(fd),
      close: () => io.close(fd),
    };
  }

  exists(path: string): boolean {
    return present(() => fs.stat(path)) !== undefined;
  }

  stat(path: string): FileStatus | undefined {
    const status = present(() => fs.stat(path));
    return status && toStatus(status);
  }

  lstat(path: string): FileStatus | undefined {
    const status = present(() => fs.lstat(path));
    return status && toStatus(status);
  }

  list(path: string): string[] {
    return fs.readDir(path).sort();
  }

  makeDirectory(path: string, mode = 0o755): void {
    try {
      fs.mkdir(path, mode);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT' && dirname(path) !== path) {
        this.makeDirectory(dirname(path), mode);
        this.makeDirectory(path, mode);
      } else if (code !== 'EEXIST' || this.stat(path)?.type !== 'directory') throw error;
    }
  }

  remove(path: string): void {
    present(() => {
      try {
        fs.unlink(path);
      } catch (error) {
        if (codeOf(error) !== 'EISDIR') throw error;
        fs.rmdir(path);
      }
    });
  }

  removeTree(path: string): void {
    const top = present(() => fs.lstat(path));
    if (top !== undefined) this.removeBelow(path, top, top.dev);
  }

  /** Stops at mount points: what is mounted inside a tree is not the tree's to delete. */
  private removeBelow(path: string, status: ReturnType<typeof fs.lstat>, device: number): void {
    if ((status.mode & fs.S_IFMT) !== fs.S_IFDIR) return this.remove(path);
    if (status.dev !== device) throw Object.assign(new Error(`rmdir: EXDEV: ${path} is a mount point`), { code: 'EXDEV' });
    for (const name of fs.readDir(path)) {
      const inner = join(path, name);
      const below = present(() => fs.lstat(inner));
      if (below !== undefined) this.removeBelow(inner, below, device);
    }
    fs.rmdir(path);
  }

  rename(from: string, to: string): void {
    fs.rename(from, to);
  }

  symlink(target: string, path: string): void {
    fs.symlink(target, path);
  }

  link(from: string, to: string): void {
    fs.link(from, to);
  }

  readLink(path: string): string {
    return fs.readLink(path);
  }

  realPath(path: string): string {
    return fs.realPath(path);
  }

  changeMode(path: string, mode: number): void {
    fs.chmod(path, mode);
  }

  changeOwner(path: string, uid: number, gid: number): void {
    fs.chown(path, uid, gid);
  }

  fileSystem(path: string): FileSystemStatus {
    const status = fs.statFs(path);
    return {
      type: status.type,
      sizeBytes: status.blocks * status.blockSize,
      availableBytes: status.blocksAvailable * status.blockSize,
      availableFiles: status.filesFree,
    };
  }

  watchDirectory(path: string, onChange: (name: string) => void): Watch {
    return watch(path, inotify.IN_CREATE | inotify.IN_MOVED_TO | inotify.IN_CLOSE_WRITE, (events) => {
      for (const name of new Set(events.map((event) => event[2]))) onChange(name);
    });
  }

  watchFile(path: string, onChange: () => void): Watch {
    return watch(path, inotify.IN_MODIFY | inotify.IN_CLOSE_WRITE, () => onChange());
  }
}

function watch(path: string, mask: number, onEvents: (events: readonly [number, number, string][]) => void): Watch {
  const fd = inotify.open();
  try {
    inotify.add(fd, path, mask);
  } catch (error) {
    io.close(fd);
    throw error;
  }
  loop.watch(fd, 1, () => onEvents(inotify.take(fd)));
  let open = true;
  return {
    close() {
      if (!open) return;
      open = false;
      loop.unwatch(fd);
      io.close(fd);
    },
  };
}
