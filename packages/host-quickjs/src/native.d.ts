// Written by tools/native-types.mjs from native/mod_*.c: change the C files, not this one.

interface Stat {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly major: number;
  readonly minor: number;
  readonly size: number;
  readonly blocks: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

interface StatFs {
  readonly type: number;
  readonly blockSize: number;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly blocksAvailable: number;
  readonly files: number;
  readonly filesFree: number;
}

interface SpawnOptions {
  readonly argv: readonly string[];
  readonly file?: string;
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly root?: string;
  /** Number in the child, descriptor here, number, descriptor... */
  readonly fds?: readonly number[];
  readonly namespaces?: readonly number[];
  readonly cgroup?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly newSession?: boolean;
  readonly controllingTty?: boolean;
  readonly deathSignal?: number;
}

interface Identity {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly gid: number;
}

interface SystemName {
  readonly hostname: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
}

interface Unpacked {
  /** SHA-256 of the archive as it was read. */
  readonly digest: ArrayBuffer;
  readonly archiveBytes: number;
  /** Of the files in it. */
  readonly contentBytes: number;
}

interface Packed {
  readonly digest: ArrayBuffer;
  readonly archiveBytes: number;
}

/** Opaque. */
interface TlsSession {
  readonly __tlsSession: never;
}

declare module 'ros:certificate' {
  export function makeKey(): string;
  export function sign(key: string, issuerKey: string, issuer: string | null, subject: string, usage: "authority" | "server" | "client", names: readonly string[], serial: Uint8Array, from: string, to: string): string;
  export function expiry(certificate: string): number;
}

declare module 'ros:crypto' {
  export function sha256(bytes: Uint8Array): ArrayBuffer;
  export function sha256Descriptor(fd: number): ArrayBuffer;
  export function random(into: Uint8Array): void;
}

declare module 'ros:fs' {
  export function readFile(path: string, limit: number): ArrayBuffer;
  export function stat(path: string): Stat;
  export function lstat(path: string): Stat;
  export function fstat(fd: number): Stat;
  export function readDir(path: string): string[];
  export function rmdir(path: string): void;
  export function unlink(path: string): void;
  export function mkdir(path: string, mode: number): void;
  export function chmod(path: string, mode: number): void;
  export function truncate(path: string, length: number): void;
  export function access(path: string, mode: number): void;
  export function rename(from: string, to: string): void;
  export function link(from: string, to: string): void;
  export function symlink(target: string, path: string): void;
  export function readLink(path: string): string;
  export function realPath(path: string): string;
  export function chown(path: string, uid: number, gid: number): void;
  export function makeNode(path: string, mode: number, major: number, minor: number): void;
  export function setTimes(path: string, mtimeMs: number): void;
  export function statFs(path: string): StatFs;
  export function getAttribute(path: string, name: string): ArrayBuffer | null;
  export function setAttribute(path: string, name: string, value: Uint8Array): void;
  export function removeAttribute(path: string, name: string): void;
  export function listAttributes(path: string): string[];
  export const S_IFMT: number;
  export const S_IFREG: number;
  export const S_IFDIR: number;
  export const S_IFLNK: number;
  export const S_IFBLK: number;
  export const S_IFCHR: number;
  export const S_IFIFO: number;
  export const S_IFSOCK: number;
  export const X_OK: number;
  export const R_OK: number;
  export const W_OK: number;
}

declare module 'ros:io' {
  export function open(path: string, flags: number, mode: number): number;
  export function close(fd: number): void;
  export function read(fd: number, into: Uint8Array): number | null;
  export function write(fd: number, bytes: Uint8Array): number | null;
  export function readAt(fd: number, into: Uint8Array, position: number): number;
  export function fsync(fd: number): void;
  export function lock(fd: number, operation: number): number | null;
  export function copyBytes(from: number, to: number): number;
  export function pipe(flags: number): [number, number];
  export function duplicate(fd: number): number;
  export function setNonBlocking(fd: number, on: boolean): void;
  export const O_RDONLY: number;
  export const O_WRONLY: number;
  export const O_RDWR: number;
  export const O_CREAT: number;
  export const O_EXCL: number;
  export const O_TRUNC: number;
  export const O_APPEND: number;
  export const O_NONBLOCK: number;
  export const O_DIRECTORY: number;
  export const O_NOFOLLOW: number;
  export const O_PATH: number;
  export const O_NOCTTY: number;
  export const LOCK_EX: number;
  export const LOCK_SH: number;
  export const LOCK_UN: number;
  export const LOCK_NB: number;
}

declare module 'ros:kernel' {
  export function loadModule(fd: number, parameters: string): void;
  export function unloadModule(name: string): void;
  export function power(command: number): void;
  export function sync(): void;
  export function setHostName(name: string): void;
  export function systemName(): SystemName;
  export function uptimeMs(): number;
  export function setTime(epochMs: number): void;
  export function swapOn(path: string, flags: number): void;
  export function swapOff(path: string): void;
  export const RB_AUTOBOOT: number;
  export const RB_POWER_OFF: number;
  export const RB_HALT_SYSTEM: number;
  export const RB_DISABLE_CAD: number;
  export const RB_ENABLE_CAD: number;
  export const SWAP_FLAG_PREFER: number;
  export const SWAP_FLAG_DISCARD: number;
}

declare module 'ros:loop' {
  export function watch(fd: number, events: number, callback: (events: number) => void): void;
  export function unwatch(fd: number): void;
  export function setTimer(callback: () => void, ms: number): number;
  export function clearTimer(id: number): void;
  export function monotonicMs(): number;
  export function exit(code: number): void;
  export function onRejection(handler: (reason: unknown) => void): void;
  export function collectGarbage(): void;
}

declare module 'ros:mount' {
  export function mount(source: string | null, target: string, type: string | null, flags: number, data: string | null): void;
  export function unmount(target: string, flags: number): void;
  export function pivotRoot(newRoot: string, putOld: string): void;
  export function cloneTree(path: string, recursive: boolean): number;
  export function attachTree(fd: number, target: string): void;
  export function loopAttach(file: string, offset: number, size: number, readOnly: boolean): number;
  export function ioctl(fd: number, request: number, argument: number | Uint8Array): number;
  export function resizePartition(disk: number, number: number, startBytes: number, sizeBytes: number): void;
  export const MS_RDONLY: number;
  export const MS_NOSUID: number;
  export const MS_NODEV: number;
  export const MS_NOEXEC: number;
  export const MS_REMOUNT: number;
  export const MS_NOATIME: number;
  export const MS_RELATIME: number;
  export const MS_BIND: number;
  export const MS_MOVE: number;
  export const MS_REC: number;
  export const MS_PRIVATE: number;
  export const MS_SLAVE: number;
  export const MS_SHARED: number;
  export const MS_STRICTATIME: number;
  export const MS_SYNCHRONOUS: number;
  export const MS_DIRSYNC: number;
  export const MNT_DETACH: number;
  export const MNT_FORCE: number;
  export const UMOUNT_NOFOLLOW: number;
}

declare module 'ros:pack' {
  export function pack(output: number, path: string, name: string, layer: boolean): Packed;
  export function assemble(output: number, journal: number, path: string): Packed;
  export function header(output: number, name: string, sizeBytes: number): void;
  export function content(output: number, bytes: Uint8Array): void;
}

declare module 'ros:process' {
  export function spawn(options: SpawnOptions): number;
  export function exec(file: string, argv: string[], env: string[]): never;
  export function wait(pid: number): [number, number] | null;
  export function kill(pid: number, signal: number): void;
  export function signalOpen(signals: number[]): number;
  export function signalRead(fd: number): [number, number] | null;
  export function identity(): Identity;
  export function environment(): string[];
  export function exitNow(code: number): never;
  export function changeDirectory(path: string): void;
  export function currentDirectory(): string;
  export function changeRoot(path: string): void;
  export function setUmask(mask: number): number;
  export function joinNamespace(fd: number, kind: number): void;
  export function leaveNamespaces(flags: number): void;
  export function newSession(): void;
  export function setProcess(option: number, value: number): number;
  export function setLimit(resource: number, soft: number, hard: number): void;
  export function setIdentity(uid: number, gid: number, groups: number[]): void;
  export const SIGHUP: number;
  export const SIGINT: number;
  export const SIGQUIT: number;
  export const SIGKILL: number;
  export const SIGUSR1: number;
  export const SIGUSR2: number;
  export const SIGTERM: number;
  export const SIGCHLD: number;
  export const SIGCONT: number;
  export const SIGSTOP: number;
  export const SIGWINCH: number;
  export const SIGPWR: number;
  export const CLONE_NEWNS: number;
  export const CLONE_NEWNET: number;
  export const CLONE_NEWUTS: number;
  export const CLONE_NEWPID: number;
  export const CLONE_NEWIPC: number;
  export const CLONE_NEWCGROUP: number;
  export const PR_SET_CHILD_SUBREAPER: number;
  export const PR_SET_PDEATHSIG: number;
  export const RLIMIT_NOFILE: number;
  export const RLIMIT_CORE: number;
  export const RLIMIT_NPROC: number;
}

declare module 'ros:socket' {
  export function socket(family: number, type: number, protocol: number): number;
  export function socketPair(type: number): [number, number];
  export function connect(fd: number, family: number, address: string, port: number): boolean;
  export function bind(fd: number, family: number, address: string, port: number): void;
  export function listen(fd: number, backlog: number): void;
  export function accept(fd: number): number | null;
  export function send(fd: number, bytes: Uint8Array): number | null;
  export function receive(fd: number, into: Uint8Array): number | null;
  export function sendTo(fd: number, bytes: Uint8Array, family: number, address: string, port: number): number | null;
  export function receiveFrom(fd: number, into: Uint8Array): [number, string, number] | null;
  export function shutdown(fd: number, how: number): void;
  export function socketError(fd: number): void;
  export function setOption(fd: number, level: number, option: number, value: number): void;
  export function boundPort(fd: number): number;
  export function peer(fd: number): [number, number, number];
  export const AF_UNIX: number;
  export const AF_INET: number;
  export const AF_INET6: number;
  export const AF_NETLINK: number;
  export const SOCK_STREAM: number;
  export const SOCK_DGRAM: number;
  export const SOCK_RAW: number;
  export const SOCK_SEQPACKET: number;
  export const NETLINK_ROUTE: number;
  export const NETLINK_KOBJECT_UEVENT: number;
  export const SOL_SOCKET: number;
  export const SO_REUSEADDR: number;
  export const SO_RCVBUF: number;
  export const SO_RCVBUFFORCE: number;
  export const SO_PASSCRED: number;
  export const SO_KEEPALIVE: number;
  export const IPPROTO_TCP: number;
  export const TCP_NODELAY: number;
  export const SHUT_RD: number;
  export const SHUT_WR: number;
  export const SHUT_RDWR: number;
}

declare module 'ros:text' {
  export function encode(text: string): ArrayBuffer;
  export function decode(bytes: Uint8Array): string;
}

declare module 'ros:tls' {
  export function open(fd: number, serverName: string, authorities: string | null, certificate: string | null, key: string | null): TlsSession;
  export function handshake(session: TlsSession): number | "read" | "write";
  export function read(session: TlsSession, into: Uint8Array): number | "read" | "write";
  export function write(session: TlsSession, bytes: Uint8Array): number | "read" | "write";
  export function close(session: TlsSession): void;
}

declare module 'ros:tty' {
  export function isTerminal(fd: number): boolean;
  export function windowSize(fd: number): [number, number];
  export function setWindowSize(fd: number, columns: number, rows: number): void;
  export function settings(fd: number): ArrayBuffer;
  export function restore(fd: number, settings: Uint8Array): void;
  export function setRaw(fd: number): void;
  export function setSane(fd: number): void;
  export function openPty(): [number, number];
}

declare module 'ros:unpack' {
  export function unpack(input: number, path: string, journal: number, layer: boolean, keepKinds: boolean): Unpacked;
}

declare module 'ros:watch' {
  export function open(): number;
  export function add(fd: number, path: string, mask: number): number;
  export function take(fd: number): [number, number, string][];
  export const IN_CREATE: number;
  export const IN_MOVED_TO: number;
  export const IN_CLOSE_WRITE: number;
  export const IN_MODIFY: number;
}
