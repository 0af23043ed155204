// An in-memory file system for tests: names, modes, links, device nodes; no permissions are checked.

import { codeOf, decodeUtf8, dirname, encodeUtf8, join } from '@drover/core';
import type { FileStatus, FileType, Files, OpenFile, Watch, WriteOptions } from './host.ts';

interface Node {
  type: FileType;
  mode: number;
  uid: number;
  gid: number;
  bytes: Uint8Array;
  target: string;
  mtimeMs: number;
  readonly inode: number;
  major: number;
  minor: number;
}

export function kernelError(syscall: string, code: string): Error {
  return Object.assign(new Error(`${syscall}: ${code}`), { code, syscall });
}

export class FakeFiles implements Files {
  private readonly nodes = new Map<string, Node>();
  private readonly directoryWatches = new Map<string, Set<(name: string) => void>>();
  private readonly fileWatches = new Map<string, Set<() => void>>();
  private nextInode = 1;
  /** Paths whose next write fails with this code, to test full and broken disks. */
  readonly failWrites: Map<string, string> = new Map();

  constructor(tree: Readonly<Record<string, string>> = {}) {
    this.nodes.set('/', this.node('directory', 0o755));
    for (const [path, content] of Object.entries(tree)) {
      this.makeDirectory(dirname(path));
      if (content.startsWith('-> ')) this.symlink(content.slice(3), path);
      else this.write(path, content);
    }
  }

  private node(type: FileType, mode: number): Node {
    this.nextInode += 1;
    return { type, mode, uid: 0, gid: 0, bytes: new Uint8Array(0), target: '', mtimeMs: 0, inode: this.nextInode, major: 0, minor: 0 };
  }

  /** The path with the links of its folders (and its own, when asked) resolved. */
  private resolve(path: string, follow: boolean, depth = 0): string {
    if (depth > 20) throw kernelError('open', 'ELOOP');
    const parts = join(path).split('/').filter((part) => part !== '');
    let at = '/';
    for (const [i, part] of parts.entries()) {
      at = join(at, part);
      const node = this.nodes.get(at);
      if (node?.type === 'symlink' && (follow || i < parts.length - 1)) {
        const target = node.target.startsWith('/') ? node.target : join(dirname(at), node.target);
        return this.resolve(join(target, ...parts.slice(i + 1)), follow, depth + 1);
      }
    }
    return at;
  }

  private get(path: string, syscall: string): Node {
    const node = this.nodes.get(this.resolve(path, true));
    if (node === undefined) throw kernelError(syscall, 'ENOENT');
    return node;
  }

  private parentMustExist(path: string, syscall: string): void {
    const parent = this.nodes.get(dirname(path));
    if (parent === undefined) throw kernelError(syscall, 'ENOENT');
    if (parent.type !== 'directory') throw kernelError(syscall, 'ENOTDIR');
  }

  private notify(path: string): void {
    const at = this.resolve(path, false);
    for (const listener of this.directoryWatches.get(dirname(at)) ?? []) listener(at.slice(at.lastIndexOf('/') + 1));
    for (const listener of this.fileWatches.get(at) ?? []) listener();
  }

  readText(path: string): string {
    return decodeUtf8(this.readBytes(path));
  }

  readTextIfPresent(path: string): string | undefined {
    try {
      return this.readText(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  readBytes(path: string, limitBytes?: number): Uint8Array {
    const node = this.get(path, 'open');
    if (node.type === 'directory') throw kernelError('read', 'EISDIR');
    return node.bytes.slice(0, limitBytes);
  }

  write(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    const at = this.resolve(path, true);
    const failure = this.failWrites.get(at);
    if (failure !== undefined) throw kernelError('write', failure);
    this.parentMustExist(at, 'open');
    const node = this.nodes.get(at) ?? this.node('file', options.mode ?? 0o644);
    if (node.type === 'directory') throw kernelError('open', 'EISDIR');
    node.bytes = typeof data === 'string' ? encodeUtf8(data) : data.slice();
    this.nodes.set(at, node);
    this.notify(at);
  }

  append(path: string, data: string | Uint8Array, options?: WriteOptions): void {
    const before = this.exists(path) ? this.readBytes(path) : new Uint8Array(0);
    const added = typeof data === 'string' ? encodeUtf8(data) : data;
    const all = new Uint8Array(before.length + added.length);
    all.set(before);
    all.set(added, before.length);
    this.write(path, all, options);
  }

  writeAtomic(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    const at = this.resolve(path, true);
    this.write(at, data, options);
    this.nodes.get(at)!.mode = options.mode ?? 0o644;
  }

  replace(path: string, data: string | Uint8Array, options?: WriteOptions): void {
    this.writeAtomic(path, data, options);
  }

  overwriteText(path: string, text: string): void {
    this.write(path, text);
  }

  open(path: string, mode: 'read' | 'write' | 'append' | 'read-write'): OpenFile {
    if (mode === 'read') this.get(path, 'open');
    else if (mode === 'write' || !this.exists(path)) this.write(path, '');
    let position = 0;
    const bytes = (): Uint8Array => this.get(path, 'read').bytes;
    const readAt = (into: Uint8Array, at: number): number => {
      const part = bytes().subarray(at, at + into.length);
      into.set(part);
      return part.length;
    };
    return {
      readAt,
      read: (into) => {
        const got = readAt(into, position);
        position += got;
        return got;
      },
      write: (data) => this.append(path, data),
      sizeBytes: () => bytes().length,
      sync: () => undefined,
      close: () => undefined,
    };
  }

  exists(path: string): boolean {
    return this.stat(path) !== undefined;
  }

  private status(node: Node | undefined): FileStatus | undefined {
    if (node === undefined) return undefined;
    const { type, mode, uid, gid, mtimeMs, inode, major, minor } = node;
    return { type, mode, uid, gid, mtimeMs, inode, major, minor, sizeBytes: node.bytes.length, device: 1 };
  }

  stat(path: string): FileStatus | undefined {
    return this.status(this.nodes.get(this.resolve(path, true)));
  }

  lstat(path: string): FileStatus | undefined {
    return this.status(this.nodes.get(this.resolve(path, false)));
  }

  list(path: string): string[] {
    if (this.get(path, 'opendir').type !== 'directory') throw kernelError('opendir', 'ENOTDIR');
    const at = this.resolve(path, true);
    const prefix = at === '/' ? '/' : `${at}/`;
    return [...this.nodes.keys()]
      .filter((name) => name !== '/' && name.startsWith(prefix) && !name.slice(prefix.length).includes('/'))
      .map((name) => name.slice(prefix.length))
      .sort();
  }

  makeDirectory(path: string, mode = 0o755): void {
    const at = this.resolve(path, true);
    const node = this.nodes.get(at);
    if (node?.type === 'directory') return;
    if (node !== undefined) throw kernelError('mkdir', 'EEXIST');
    this.makeDirectory(dirname(at), mode);
    this.nodes.set(at, this.node('directory', mode));
    this.notify(at);
  }

  remove(path: string): void {
    const at = this.resolve(path, false);
    const node = this.nodes.get(at);
    if (node === undefined) return;
    if (node.type === 'directory' && this.list(at).length > 0) throw kernelError('rmdir', 'ENOTEMPTY');
    this.nodes.delete(at);
  }

  removeTree(path: string): void {
    const at = this.resolve(path, false);
    for (const name of this.nodes.keys()) if (name === at || name.startsWith(`${at}/`)) this.nodes.delete(name);
  }

  rename(from: string, to: string): void {
    const [source, target] = [this.resolve(from, false), this.resolve(to, false)];
    if (!this.nodes.has(source)) throw kernelError('rename', 'ENOENT');
    this.parentMustExist(target, 'rename');
    this.removeTree(target);
    for (const [name, node] of Array.from(this.nodes)) {
      if (name !== source && !name.startsWith(`${source}/`)) continue;
      this.nodes.delete(name);
      this.nodes.set(target + name.slice(source.length), node);
    }
    this.notify(target);
  }

  symlink(target: string, path: string): void {
    const at = this.resolve(path, false);
    if (this.nodes.has(at)) throw kernelError('symlink', 'EEXIST');
    this.parentMustExist(at, 'symlink');
    this.nodes.set(at, { ...this.node('symlink', 0o777), target });
  }

  link(from: string, to: string): void {
    this.nodes.set(this.resolve(to, false), this.get(from, 'link'));
  }

  readLink(path: string): string {
    const node = this.nodes.get(this.resolve(path, false));
    if (node === undefined) throw kernelError('readlink', 'ENOENT');
    if (node.type !== 'symlink') throw kernelError('readlink', 'EINVAL');
    return node.target;
  }

  realPath(path: string): string {
    this.get(path, 'realpath');
    return this.resolve(path, true);
  }

  changeMode(path: string, mode: number): void {
    this.get(path, 'chmod').mode = mode;
  }

  changeOwner(path: string, uid: number, gid: number): void {
    Object.assign(this.nodes.get(this.resolve(path, false)) ?? this.get(path, 'lchown'), { uid, gid });
  }

  fileSystem(): { type: number; sizeBytes: number; availableBytes: number; availableFiles: number } {
    return { type: 0xef53, sizeBytes: 1 << 30, availableBytes: 1 << 29, availableFiles: 1 << 16 };
  }

  /** A device node, for tests of storage. */
  addDevice(path: string, type: 'block' | 'character', content: Uint8Array = new Uint8Array(0)): void {
    this.makeDirectory(dirname(path));
    this.nodes.set(join(path), { ...this.node(type, 0o660), bytes: content });
  }

  watchDirectory(path: string, onChange: (name: string) => void): Watch {
    return addListener(this.directoryWatches, join(path), onChange);
  }

  watchFile(path: string, onChange: () => void): Watch {
    return addListener(this.fileWatches, join(path), onChange);
  }
}

function addListener<T>(map: Map<string, Set<T>>, key: string, listener: T): Watch {
  const set = map.get(key) ?? new Set<T>();
  map.set(key, set.add(listener));
  return { close: () => void set.delete(listener) };
}
