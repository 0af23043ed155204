// What only an operating system does: mounts, kernel modules, power, terminals. Linux and root only.

import type { ByteSink, ByteSource, Connection, Exit, Host, Process, SignalName, StartOptions } from './host.ts';

export interface SystemHost extends Host {
  readonly mounts: Mounts;
  readonly kernel: Kernel;
  readonly terminals: Terminals;
  readonly children: Children;
  readonly netlink: Netlink;
  readonly packets: Packets;
  readonly certificates: Certificates;
  readonly archives: Archives;
}

export type MountFlag =
  | 'ro' | 'nosuid' | 'nodev' | 'noexec' | 'noatime' | 'relatime' | 'strictatime' | 'sync' | 'dirsync'
  | 'remount' | 'bind' | 'rbind' | 'move' | 'private' | 'rprivate' | 'slave' | 'rslave' | 'shared' | 'rshared';

export interface Mount {
  readonly source: string;
  readonly target: string;
  /** Empty for bind, move and propagation changes. */
  readonly type: string;
  readonly flags?: readonly MountFlag[];
  /** The file system's own options, comma separated. */
  readonly data?: string;
}

/** A mount tree that belongs to no namespace until it is attached. */
export interface DetachedTree {
  attach(target: string): void;
  close(): void;
}

/** Keeps its loop device attached until it is closed; a mount of it does so too. */
export interface LoopDevice {
  readonly path: string;
  close(): void;
}

export interface Mounts {
  mount(mount: Mount): void;
  /** `lazy` detaches now and cleans up when the last user is gone. */
  unmount(target: string, options?: { readonly lazy?: boolean; readonly force?: boolean }): void;
  cloneTree(path: string, recursive: boolean): DetachedTree;
  /** The part of `file` from `offset`, `sizeBytes` long (0: to the end). */
  attachLoop(file: string, offset: number, sizeBytes: number, readOnly: boolean): LoopDevice;
  /** Makes `newRoot`, a mount point, the root of this process; what was mounted below the old root stays behind. */
  switchRoot(newRoot: string): void;
  changeRoot(path: string): void;
}

export type PowerAction = 'reboot' | 'poweroff' | 'halt';

export interface Kernel {
  uptimeMs(): number;
  /** `uname -r` */
  readonly release: string;
  /** `uname -m` */
  readonly machine: string;
  hostName(): string;
  setHostName(name: string): void;
  /** From an uncompressed .ko file. Throws EEXIST when it is loaded already. */
  loadModule(path: string, parameters: string): void;
  sync(): void;
  /** Swap space on a device or in a file that has its header (mkswap). */
  swapOn(path: string, options?: SwapOptions): void;
  /** Brings back what is in it, which takes its time. */
  swapOff(path: string): void;
  /** Returns only on failure. */
  power(action: PowerAction): void;
  /** Whether Ctrl-Alt-Del reboots at once (true) or sends SIGINT to PID 1 (false). */
  setCtrlAltDel(rebootsAtOnce: boolean): void;
  /** Size of a block device. */
  blockDeviceBytes(path: string): number;
  /** Tells the kernel that a partition, which may be in use, is longer now. Writes nothing to the disk. */
  resizePartition(disk: string, number: number, startBytes: number, sizeBytes: number): void;
  /** Replaces this process. Returns only by throwing. */
  exec(file: string, args: readonly string[], env: readonly string[]): never;
  /**
   * A lock that one process at a time has, until it is released or the process ends; undefined while another has it. The
   * file is made when it is missing, and stays.
   */
  tryLock(path: string): { release(): void } | undefined;
  /** Joins the namespaces of another process. */
  joinNamespaces(pid: number, kinds: readonly NamespaceKind[]): void;
  leaveNamespaces(kinds: readonly NamespaceKind[]): void;
  setLimit(resource: 'files' | 'core' | 'processes', soft: number, hard: number): void;
  setUmask(mask: number): void;
  /** Orphans below this process become its children. */
  becomeSubreaper(): void;
  /** Sent to this process when its parent ends. */
  setDeathSignal(signal: SignalName): void;
}

export interface SwapOptions {
  /** 0 to 32767, higher ones are used first; without it below all of those. */
  readonly priority?: number;
  /** Tells a disk what is not used: all of it at the start, each page that comes free, or both. */
  readonly discard?: 'once' | 'pages' | 'both';
}

export type NamespaceKind = 'mnt' | 'net' | 'uts' | 'ipc' | 'pid' | 'cgroup';

export interface Terminals {
  isTerminal(fd: number): boolean;
  windowSize(fd: number): { readonly columns: number; readonly rows: number };
  setRaw(fd: number): () => void;
  /** A program on a new pseudo terminal. */
  startOnTerminal(command: readonly string[], options?: StartOptions): TerminalProcess;
}

export interface TerminalProcess extends Process {
  readonly terminal: Connection;
  resize(columns: number, rows: number): void;
}

/** Low-level starting and reaping, for PID 1 and for the engine. */
export interface Children {
  /** Starts with exactly these descriptors: number in the child -> descriptor here. */
  start(options: ChildOptions): Process;
  /** Called with every child that ends and that nobody started here (orphans adopted by PID 1). */
  onOrphan(handler: (pid: number, exit: Exit) => void): void;
  /** Signals to this process. PID 1 gets only those it asks for. */
  onSignal(signals: readonly (SignalName | number)[], handler: (signal: number) => void): void;
  pipe(): { readonly read: number; readonly write: number };
  source(fd: number): ByteSource;
  sink(fd: number): ByteSink;
  closeDescriptor(fd: number): void;
  openDescriptor(path: string, mode: 'read' | 'write' | 'append' | 'read-write'): number;
}

export interface ChildOptions {
  readonly argv: readonly string[];
  readonly env?: readonly string[];
  readonly cwd?: string;
  /** Pairs: number in the child, descriptor here. 0, 1 and 2 default to /dev/null. */
  readonly descriptors?: readonly (readonly [number, number])[];
  readonly newSession?: boolean;
  /** Descriptor 0 becomes the controlling terminal; needs newSession. */
  readonly controllingTerminal?: boolean;
  /** Path of a cgroup directory to start in. */
  readonly cgroup?: string;
  /** Chroot. */
  readonly root?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly deathSignal?: SignalName;
}

export interface Netlink {
  /** Kernel events (hot plug) as the lines of NAME=value that udev gets. */
  watchUevents(onEvent: (event: ReadonlyMap<string, string>) => void): { close(): void };
  /**
   * One request of rtnetlink(7), in the network namespace of the process `pid` when it is given, and what the kernel
   * answers: it does so before the request returns.
   */
  askRoutes(request: Uint8Array, pid?: number): Uint8Array;
}

/** Unix sockets that keep message boundaries: SOCK_SEQPACKET, as conmon's attach socket, or SOCK_DGRAM, as /dev/log. */
export interface Packets {
  connect(path: string, kind?: 'sequence' | 'datagram'): Promise<PacketConnection>;
}

export interface PacketConnection {
  /** One message, or undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array): Promise<void>;
  closeWrite(): void;
  close(): void;
}

/** Private keys and X.509 certificates, all as PEM. */
export interface Certificates {
  /** A new private key: ECDSA on the curve P-256. */
  makeKey(): string;
  sign(request: CertificateRequest): string;
  /** When a certificate ends, in milliseconds since 1970. */
  expiry(certificate: string): number;
}

export interface CertificateRequest {
  /** Its public half is what the certificate is about. */
  readonly key: string;
  /** Without it the certificate signs itself. */
  readonly issuer?: { readonly certificate: string; readonly key: string };
  /** `O=rancher,CN=...` */
  readonly subject: string;
  /** What it may be used for: signing others, serving (and asking), asking. */
  readonly usage: 'authority' | 'server' | 'client';
  /** Host names and addresses of a server. */
  readonly names?: readonly string[];
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/**
 * Tar archives, made and unpacked in C. Every call takes as long as it takes: for child processes only. Numbers are
 * descriptors. Errors carry the kernel's `code` and name the file.
 */
export interface Archives {
  /**
   * Reads `input` to its end. Into the folder `path`, which becomes the working directory. The caller has changed the
   * root of this process: no name leads out of it.
   */
  unpack(input: number, path: string, options?: UnpackOptions): UnpackedArchive;
  /** `path` and what is below it as `name`; with an empty name only what is in the folder. */
  pack(output: number, path: string, name: string, options?: { readonly layer?: boolean }): PackedArchive;
  /** The archive that was unpacked into the folder `path` with this journal, byte by byte. */
  assemble(output: number, journal: number, path: string): PackedArchive;
  /** Of a file whose content follows; of a folder, when the name ends in a slash. */
  writeHeader(output: number, name: string, sizeBytes: number): void;
  /** Padded as archives are. */
  writeContent(output: number, bytes: Uint8Array): void;
}

export interface UnpackOptions {
  /** Whiteouts become those of overlayfs. */
  readonly layer?: boolean;
  /** Descriptor that takes what `assemble` needs. */
  readonly journal?: number;
  /** A folder does not replace a file, nor a file a folder: EISDIR, ENOTDIR. */
  readonly keepKinds?: boolean;
}

export interface PackedArchive {
  readonly sha256: Uint8Array;
  readonly archiveBytes: number;
}

export interface UnpackedArchive extends PackedArchive {
  /** Of the files in it. */
  readonly contentBytes: number;
}
