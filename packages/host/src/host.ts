// The port between our code and the machine. Everything that touches files, processes, sockets or time takes a Host
// (or a part of it) as its first argument; adapters: host-quickjs (the product), host-node (tools), FakeHost (tests).

import type { Cancel } from '@drover/core';

export interface Host {
  readonly files: Files;
  readonly processes: Processes;
  readonly sockets: Sockets;
  readonly clock: Clock;
  /** Cryptographically strong random bytes. */
  random(length: number): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
}

// ---- time

export interface Clock {
  /** Milliseconds since 1970. Jumps when the clock is set: never measure with it. */
  now(): number;
  /** Milliseconds that only grow. */
  monotonic(): number;
  /** Ends early, rejecting with the reason, when cancelled. */
  sleep(ms: number, cancel?: Cancel): Promise<void>;
}

// ---- files

export type FileType = 'file' | 'directory' | 'symlink' | 'block' | 'character' | 'fifo' | 'socket';

export interface FileStatus {
  readonly type: FileType;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly device: number;
  readonly inode: number;
  /** Of a block or character device. */
  readonly major: number;
  readonly minor: number;
}

export interface FileSystemStatus {
  /** f_type of statfs(2). */
  readonly type: number;
  readonly sizeBytes: number;
  readonly availableBytes: number;
  readonly availableFiles: number;
}

export interface OpenFile {
  /** 0 at the end of the file. */
  read(into: Uint8Array): number;
  readAt(into: Uint8Array, position: number): number;
  write(bytes: Uint8Array): void;
  sizeBytes(): number;
  sync(): void;
  close(): void;
}

export interface WriteOptions {
  /** Permission bits of a new file; default 0o644. */
  readonly mode?: number;
}

export interface Watch {
  close(): void;
}

/**
 * Synchronous on purpose: an operating system's own files are small and local. Errors carry the kernel's `code`
 * (ENOENT...). What may take long belongs into a child process.
 */
export interface Files {
  readText(path: string): string;
  /** Undefined when the file does not exist; other failures throw. */
  readTextIfPresent(path: string): string | undefined;
  /** At most `limitBytes` when given. */
  readBytes(path: string, limitBytes?: number): Uint8Array;
  /** In place, for devices and files of /proc and /sys; use writeAtomic for state. */
  write(path: string, data: string | Uint8Array, options?: WriteOptions): void;
  append(path: string, data: string | Uint8Array, options?: WriteOptions): void;
  /** Old or new content, never a mix, also after a power cut (temporary file, fsync, rename, fsync of the folder). */
  writeAtomic(path: string, data: string | Uint8Array, options?: WriteOptions): void;
  /** As writeAtomic but without fsync: for state that a reboot invalidates anyway. */
  replace(path: string, data: string | Uint8Array, options?: WriteOptions): void;
  /**
   * In place, for a file that is a mount of its own and can't be renamed over: written over in one piece, then cut to
   * size. Who reads meanwhile sees the old text, or the new one with empty lines behind it, but never nothing.
   */
  overwriteText(path: string, text: string): void;
  open(path: string, mode: 'read' | 'write' | 'append' | 'read-write'): OpenFile;
  exists(path: string): boolean;
  /** Follows symbolic links. Undefined when there is nothing. */
  stat(path: string): FileStatus | undefined;
  lstat(path: string): FileStatus | undefined;
  /** Names, sorted. */
  list(path: string): string[];
  /** Creates missing parents; no error when it exists. Parents get the same mode. */
  makeDirectory(path: string, mode?: number): void;
  /** A file or an empty directory; no error when it is absent. */
  remove(path: string): void;
  /** With everything below; no error when it is absent. Never follows a symbolic link. */
  removeTree(path: string): void;
  rename(from: string, to: string): void;
  symlink(target: string, path: string): void;
  link(from: string, to: string): void;
  readLink(path: string): string;
  realPath(path: string): string;
  changeMode(path: string, mode: number): void;
  changeOwner(path: string, uid: number, gid: number): void;
  fileSystem(path: string): FileSystemStatus;
  /** Calls back with the name of each entry of the directory that appears or that was written and closed. */
  watchDirectory(path: string, onChange: (name: string) => void): Watch;
  /** Calls back when the file grows or is replaced. */
  watchFile(path: string, onChange: () => void): Watch;
}

// ---- processes

export interface Exit {
  /** Exit code, or 128 + signal. */
  readonly code: number;
  /** Number of the signal that ended it, if one did. */
  readonly signal?: number;
}

export interface StartOptions {
  /** NAME=value; default: this process's own. */
  readonly env?: readonly string[];
  readonly cwd?: string;
  /** Default: /dev/null for `stdin`, inherited for the others. */
  readonly stdin?: 'null' | 'inherit' | 'pipe';
  readonly stdout?: 'null' | 'inherit' | 'pipe';
  readonly stderr?: 'null' | 'inherit' | 'pipe';
  readonly newSession?: boolean;
}

export interface RunOptions {
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Killed with SIGKILL after this long; default 60 s. */
  readonly timeoutMs?: number;
  readonly cancel?: Cancel;
  /** Output beyond this is dropped; default 1 MiB. */
  readonly outputLimitBytes?: number;
}

export interface RunResult extends Exit {
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface Process {
  readonly pid: number;
  readonly stdin: ByteSink | undefined;
  readonly stdout: ByteSource | undefined;
  readonly stderr: ByteSource | undefined;
  /** May be called any number of times. */
  wait(): Promise<Exit>;
  /** No error when it has already ended. */
  kill(signal: SignalName): void;
}

export type SignalName = 'HUP' | 'INT' | 'QUIT' | 'KILL' | 'USR1' | 'USR2' | 'TERM' | 'CONT' | 'STOP' | 'WINCH' | 'PWR';

export interface Processes {
  /** argv of this process, the program's name first. */
  readonly args: readonly string[];
  readonly pid: number;
  readonly uid: number;
  env(name: string): string | undefined;
  environment(): readonly string[];
  /** Resolves with the exit whatever the code; rejects when the program could not be started. */
  run(command: readonly string[], options?: RunOptions): Promise<RunResult>;
  start(command: readonly string[], options?: StartOptions): Process;
  /** No error when the process is gone. */
  kill(pid: number, signal: SignalName | number): void;
  exists(pid: number): boolean;
}

// ---- byte streams and sockets

export interface ByteSource {
  /** The next bytes, or undefined at the end. One read at a time. */
  read(): Promise<Uint8Array | undefined>;
  close(): void;
}

export interface ByteSink {
  /** Resolves when the bytes are with the kernel: the caller's back-pressure. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

export interface Connection extends ByteSource, ByteSink {
  /** No more bytes from here; the other direction stays open. */
  closeWrite(): void;
}

export type Address = { readonly unix: string } | { readonly host: string; readonly port: number };

export interface TlsOptions {
  /** Name in the certificate and in SNI. */
  readonly serverName: string;
  /** Trusted certificates, PEM; undefined accepts any certificate. */
  readonly authorities?: string;
  readonly certificate?: string;
  readonly key?: string;
}

export interface ConnectOptions {
  readonly timeoutMs?: number;
  readonly cancel?: Cancel;
  readonly tls?: TlsOptions;
  /** Talks to the other side before TLS begins: asks a proxy for a tunnel. Must not read further than its answer. */
  readonly beforeTls?: (plain: Connection) => Promise<void>;
}

export interface Listener {
  /** The port of an internet listener, 0 for a unix one. */
  readonly port: number;
  close(): void;
}

export interface ListenOptions {
  /** Permission bits of a unix socket; default 0o600. */
  readonly mode?: number;
  readonly gid?: number;
}

export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: { readonly host: string; readonly port: number };
}

/** A UDP socket. */
export interface DatagramSocket {
  readonly port: number;
  send(bytes: Uint8Array, to: { readonly host: string; readonly port: number }): Promise<void>;
  /** Undefined once it is closed. One at a time. */
  receive(): Promise<Datagram | undefined>;
  close(): void;
}

export interface Sockets {
  /** `host` must be a numeric address; resolving names is not the host's business. */
  connect(address: Address, options?: ConnectOptions): Promise<Connection>;
  /** Replaces a stale unix socket file. */
  listen(address: Address, onConnection: (connection: Connection) => void, options?: ListenOptions): Listener;
  /** On a free port unless one is given; `host` is an own address and decides between IPv4 and IPv6 ("0.0.0.0", "::"). */
  openDatagrams(local: { readonly host: string; readonly port: number }): Promise<DatagramSocket>;
}
