// A folder of its own for a test, removed afterwards; and a mount namespace, and a root.

import { encodeHex } from '@drover/core';
import type { SystemHost } from '@drover/host';
import * as io from 'ros:io';
import * as process from 'ros:process';
import { createQuickjsHost } from './quickjs-host.ts';

/** One for all tests: a process has one place that waits for its children. */
const host = createQuickjsHost();

type Check = (host: SystemHost, folder: string) => void | Promise<void>;

export async function inFolder(check: Check): Promise<void> {
  const folder = `/tmp/drover-host-${encodeHex(host.random(8))}`;
  host.files.makeDirectory(folder, 0o700);
  try {
    await check(host, folder);
  } finally {
    host.files.removeTree(folder);
  }
}

/** In a mount namespace of its own, which only root may have; the process comes back to its own one, its root and its folder. */
export async function unshared(check: Check): Promise<void> {
  if (process.identity().uid !== 0) return;
  await inFolder(async (_, folder) => {
    const [home, before] = [process.currentDirectory(), io.open('/proc/self/ns/mnt', io.O_RDONLY, 0)];
    host.kernel.leaveNamespaces(['mnt']);
    try {
      host.mounts.mount({ source: 'none', target: '/', type: '', flags: ['rprivate'] });
      await check(host, folder);
    } finally {
      process.joinNamespace(before, process.CLONE_NEWNS);
      process.changeDirectory(home);
      io.close(before);
    }
  });
}

/** A descriptor of this file, which is made when it is missing, until `use` is done. */
export function withDescriptor<T>({ files, children }: SystemHost, path: string, mode: 'read' | 'write', use: (fd: number) => T): T {
  if (mode === 'write') files.write(path, '');
  const fd = children.openDescriptor(path, mode);
  try {
    return use(fd);
  } finally {
    children.closeDescriptor(fd);
  }
}

/** With an empty folder, in memory, as the root; the folder's name in the machine is of no interest then. */
export function insideRoot(check: (host: SystemHost) => void | Promise<void>): Promise<void> {
  return unshared(async (_, folder) => {
    host.mounts.mount({ source: 'root', target: folder, type: 'tmpfs', data: 'size=64m' });
    host.mounts.changeRoot(folder);
    await check(host);
  });
}
