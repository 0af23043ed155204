// A folder of its own for a test, removed afterwards.

import { encodeHex } from '@drover/core';
import type { SystemHost } from '@drover/host';
import { createQuickjsHost } from './quickjs-host.ts';

/** One for all tests: a process has one place that waits for its children. */
const host = createQuickjsHost();

export async function inFolder(check: (host: SystemHost, folder: string) => void | Promise<void>): Promise<void> {
  const folder = `/tmp/drover-host-${encodeHex(host.random(8))}`;
  host.files.makeDirectory(folder, 0o700);
  try {
    await check(host, folder);
  } finally {
    host.files.removeTree(folder);
  }
}
