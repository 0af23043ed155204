// The products as a table: what `./dev build NAME` makes, and where it lands for others.

import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { RosError } from '@drover/core';
import { fetchLocked } from './debian/fetch.ts';
import type { Lock } from './debian/lock.ts';
import { buildRos, buildTestBinary } from './ros/build-ros.ts';
import type { Toolchain } from './toolchain/toolchain.ts';
import { openToolchain } from './toolchain/toolchain.ts';
import type { Workspace } from './workspace.ts';

export const VERSION: string = '0.1.0';

interface Builder {
  readonly workspace: Workspace;
  readonly lock: Lock;
  readonly toolchain: Toolchain;
}

const TARGETS: Readonly<Record<string, (builder: Builder) => Promise<void>>> = {
  'ros-test': async ({ workspace, toolchain }) => {
    const product = await buildTestBinary(workspace, toolchain);
    publish(join(product.path, 'ros-test'), join(workspace.cache, 'native'), 'ros-test');
  },
  ros: async ({ workspace, toolchain }) => {
    const product = await buildRos(workspace, toolchain, VERSION);
    publish(join(product.path, 'ros'), workspace.dist, 'ros');
  },
};

/** A link to the product, replaced as a whole. */
function publish(file: string, folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  const target = join(folder, name);
  rmSync(target, { force: true });
  symlinkSync(file, target);
}

export async function build(workspace: Workspace, lock: Lock, names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !(name in TARGETS) && name !== 'all');
  if (unknown !== undefined) throw new RosError('usage', `no such product: ${unknown}`, { hint: `products: ${Object.keys(TARGETS).join(', ')}, all` });
  await fetchLocked(workspace, lock);
  const toolchain = await openToolchain(workspace, lock);
  for (const name of names.includes('all') ? Object.keys(TARGETS) : names) await TARGETS[name]!({ workspace, lock, toolchain });
}
