// Mounts, the kernel and terminals over ros:mount, ros:kernel, ros:process and ros:tty.

import { RosError } from '@drover/core';
import type {
  DetachedTree, Kernel, LoopDevice, Mount, MountFlag, Mounts, NamespaceKind, PowerAction, SignalName, StartOptions, SwapOptions, TerminalProcess, Terminals,
} from '@drover/host';
import * as io from 'ros:io';
import * as kernel from 'ros:kernel';
import * as native from 'ros:mount';
import * as process from 'ros:process';
import * as tty from 'ros:tty';
import { Descriptor, sinkOf, sourceOf } from './descriptors.ts';
import type { QuickjsChildren } from './processes.ts';
import { signalNumber } from './processes.ts';

const FLAGS: Readonly<Record<MountFlag, number>> = {
  ro: native.MS_RDONLY,
  nosuid: native.MS_NOSUID,
  nodev: native.MS_NODEV,
  noexec: native.MS_NOEXEC,
  noatime: native.MS_NOATIME,
  relatime: native.MS_RELATIME,
  strictatime: native.MS_STRICTATIME,
  sync: native.MS_SYNCHRONOUS,
  dirsync: native.MS_DIRSYNC,
  remount: native.MS_REMOUNT,
  bind: native.MS_BIND,
  rbind: native.MS_BIND | native.MS_REC,
  move: native.MS_MOVE,
  private: native.MS_PRIVATE,
  rprivate: native.MS_PRIVATE | native.MS_REC,
  slave: native.MS_SLAVE,
  rslave: native.MS_SLAVE | native.MS_REC,
  shared: native.MS_SHARED,
  rshared: native.MS_SHARED | native.MS_REC,
};

const PROPAGATION: readonly MountFlag[] = ['private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared'];
const BINDS: readonly MountFlag[] = ['bind', 'rbind'];

function bits(flags: readonly MountFlag[]): number {
  return flags.reduce((sum, flag) => sum | FLAGS[flag], 0);
}

export class QuickjsMounts implements Mounts {
  /** The kernel takes a bind, its read-only flag and its propagation as separate calls; here they are one. */
  mount({ source, target, type, flags = [], data = '' }: Mount): void {
    const propagation = flags.filter((flag) => PROPAGATION.includes(flag));
    const binds = flags.filter((flag) => BINDS.includes(flag));
    const others = flags.filter((flag) => !PROPAGATION.includes(flag) && !BINDS.includes(flag));
    try {
      if (binds.length > 0 && !others.includes('remount')) {
        native.mount(source, target, null, bits(binds), null);
        if (others.length > 0) native.mount(null, target, null, bits(others) | native.MS_REMOUNT | native.MS_BIND, null);
      } else if (propagation.length === 0 || type !== '' || others.length > 0) {
        native.mount(source, target, type === '' ? null : type, bits([...binds, ...others]), data === '' ? null : data);
      }
      for (const flag of propagation) native.mount(null, target, null, FLAGS[flag], null);
    } catch (error) {
      throw new RosError('mount-failed', `mounting ${source} at ${target} failed`, { cause: error, facts: { type, flags, data } });
    }
  }

  unmount(target: string, options: { lazy?: boolean; force?: boolean } = {}): void {
    native.unmount(target, (options.lazy ? native.MNT_DETACH : 0) | (options.force ? native.MNT_FORCE : 0) | native.UMOUNT_NOFOLLOW);
  }

  cloneTree(path: string, recursive: boolean): DetachedTree {
    const fd = native.cloneTree(path, recursive);
    return { attach: (target) => native.attachTree(fd, target), close: () => io.close(fd) };
  }

  attachLoop(file: string, offset: number, sizeBytes: number, readOnly: boolean): LoopDevice {
    const packed = native.loopAttach(file, offset, sizeBytes, readOnly);
    const [fd, number] = [Math.floor(packed / 2 ** 32), packed % 2 ** 32];
    return { path: `/dev/loop${number}`, close: () => io.close(fd) };
  }

  switchRoot(newRoot: string): void {
    process.changeDirectory(newRoot);
    native.mount('.', '/', null, native.MS_MOVE, null);
    process.changeRoot('.');
    process.changeDirectory('/');
  }

  changeRoot(path: string): void {
    process.changeRoot(path);
    process.changeDirectory('/');
  }
}

const POWER: Readonly<Record<PowerAction, number>> = {
  reboot: kernel.RB_AUTOBOOT,
  poweroff: kernel.RB_POWER_OFF,
  halt: kernel.RB_HALT_SYSTEM,
};

const NAMESPACES: Readonly<Record<NamespaceKind, number>> = {
  mnt: process.CLONE_NEWNS,
  net: process.CLONE_NEWNET,
  uts: process.CLONE_NEWUTS,
  ipc: process.CLONE_NEWIPC,
  pid: process.CLONE_NEWPID,
  cgroup: process.CLONE_NEWCGROUP,
};

const LIMITS = { files: process.RLIMIT_NOFILE, core: process.RLIMIT_CORE, processes: process.RLIMIT_NPROC };

/** SWAP_FLAG_DISCARD_ONCE and SWAP_FLAG_DISCARD_PAGES of linux/swap.h, which glibc does not name. */
const DISCARD = { once: 0x20000, pages: 0x40000, both: 0 };

const BLKGETSIZE64 = 0x80081272;

export class QuickjsKernel implements Kernel {
  readonly release: string = kernel.systemName().release;
  readonly machine: string = kernel.systemName().machine;

  uptimeMs(): number {
    return kernel.uptimeMs();
  }

  hostName(): string {
    return kernel.systemName().hostname;
  }

  setHostName(name: string): void {
    kernel.setHostName(name);
  }

  loadModule(path: string, parameters: string): void {
    const fd = io.open(path, io.O_RDONLY, 0);
    try {
      kernel.loadModule(fd, parameters);
    } finally {
      io.close(fd);
    }
  }

  tryLock(path: string): { release(): void } | undefined {
    const fd = io.open(path, io.O_RDWR | io.O_CREAT, 0o600);
    if (io.lock(fd, io.LOCK_EX | io.LOCK_NB) !== null) return { release: () => io.close(fd) };
    io.close(fd);
    return undefined;
  }

  sync(): void {
    kernel.sync();
  }

  swapOn(path: string, { priority, discard }: SwapOptions = {}): void {
    kernel.swapOn(path, (priority === undefined ? 0 : kernel.SWAP_FLAG_PREFER | priority) | (discard === undefined ? 0 : kernel.SWAP_FLAG_DISCARD | DISCARD[discard]));
  }

  swapOff(path: string): void {
    kernel.swapOff(path);
  }

  power(action: PowerAction): void {
    kernel.power(POWER[action]);
  }

  setCtrlAltDel(rebootsAtOnce: boolean): void {
    kernel.power(rebootsAtOnce ? kernel.RB_ENABLE_CAD : kernel.RB_DISABLE_CAD);
  }

  blockDeviceBytes(path: string): number {
    const fd = io.open(path, io.O_RDONLY, 0);
    try {
      const size = new Uint8Array(8);
      native.ioctl(fd, BLKGETSIZE64, size);
      return Number(new DataView(size.buffer).getBigUint64(0, true));
    } finally {
      io.close(fd);
    }
  }

  resizePartition(disk: string, number: number, startBytes: number, sizeBytes: number): void {
    const fd = io.open(disk, io.O_RDONLY, 0);
    try {
      native.resizePartition(fd, number, startBytes, sizeBytes);
    } finally {
      io.close(fd);
    }
  }

  exec(file: string, args: readonly string[], env: readonly string[]): never {
    return process.exec(file, [...args], [...env]);
  }

  joinNamespaces(pid: number, kinds: readonly NamespaceKind[]): void {
    const opened = kinds.map((kind) => [io.open(`/proc/${pid}/ns/${kind}`, io.O_RDONLY, 0), NAMESPACES[kind]] as const);
    for (const [fd, kind] of opened) {
      process.joinNamespace(fd, kind);
      io.close(fd);
    }
  }

  leaveNamespaces(kinds: readonly NamespaceKind[]): void {
    process.leaveNamespaces(kinds.reduce((sum, kind) => sum | NAMESPACES[kind], 0));
  }

  setLimit(resource: 'files' | 'core' | 'processes', soft: number, hard: number): void {
    process.setLimit(LIMITS[resource], soft, hard);
  }

  setUmask(mask: number): void {
    process.setUmask(mask);
  }

  becomeSubreaper(): void {
    process.setProcess(process.PR_SET_CHILD_SUBREAPER, 1);
  }

  setDeathSignal(signal: SignalName): void {
    process.setProcess(process.PR_SET_PDEATHSIG, signalNumber(signal));
  }
}

export class QuickjsTerminals implements Terminals {
  private readonly children: QuickjsChildren;

  constructor(children: QuickjsChildren) {
    this.children = children;
  }

  isTerminal(fd: number): boolean {
    return tty.isTerminal(fd);
  }

  windowSize(fd: number): { columns: number; rows: number } {
    const [columns, rows] = tty.windowSize(fd);
    return { columns, rows };
  }

  setRaw(fd: number): () => void {
    const before = new Uint8Array(tty.settings(fd));
    tty.setRaw(fd);
    return () => tty.restore(fd, before);
  }

  startOnTerminal(command: readonly string[], options: StartOptions = {}): TerminalProcess {
    const [master, slave] = tty.openPty();
    try {
      const child = this.children.start({
        argv: command,
        descriptors: [[0, slave], [1, slave], [2, slave]],
        newSession: true,
        controllingTerminal: true,
        ...(options.env && { env: options.env }),
        ...(options.cwd !== undefined && { cwd: options.cwd }),
      });
      const descriptor = new Descriptor(master);
      const [source, sink] = [sourceOf(descriptor), sinkOf(descriptor)];
      const terminal = { read: () => source.read(), write: (bytes: Uint8Array) => sink.write(bytes), closeWrite: () => undefined, close: () => descriptor.close() };
      return { ...child, terminal, resize: (columns, rows) => descriptor.isOpen && tty.setWindowSize(master, columns, rows) };
    } catch (error) {
      io.close(master);
      throw error;
    } finally {
      io.close(slave);
    }
  }
}
