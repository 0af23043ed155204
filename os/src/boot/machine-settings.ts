// Settings of the kernel that the system relies on.

import type { SystemHost } from '@drover/host';
import { explain } from '@drover/core';
import type { BootLog } from './boot-log.ts';
import { readModaliases } from './modules.ts';

const SETTINGS: readonly (readonly [path: string, value: string])[] = [
  ['/proc/sys/net/ipv4/ip_forward', '1'],
  ['/proc/sys/kernel/core_pattern', '|/bin/false'], // no core files on a read-only root
  ['/proc/sys/kernel/modprobe', '/usr/sbin/modprobe'],
  ['/proc/sys/fs/inotify/max_user_instances', '1024'],
  ['/proc/sys/vm/overcommit_memory', '1'],
  // 1.8 MB of the first 16 are kept for cards on an ISA bus; a fourth of that is enough for what still asks.
  ['/proc/sys/vm/lowmem_reserve_ratio', '1024 256 32'],
];

const OPEN_FILES = 1_000_000;

export function setKernelSettings(host: SystemHost): string | undefined {
  host.kernel.setLimit('files', OPEN_FILES, OPEN_FILES);
  const failed: string[] = [];
  for (const [path, value] of SETTINGS) {
    try {
      host.files.write(path, value);
    } catch {
      failed.push(path);
    }
  }
  return failed.length === 0 ? undefined : `not set: ${failed.join(' ')}`;
}

/** Every controller for the children of the root group: what containers may then limit. */
export function prepareCgroups(host: SystemHost): string | undefined {
  const root = '/sys/fs/cgroup';
  const controllers = host.files.readText(`${root}/cgroup.controllers`).trim().split(' ').filter((name) => name !== '');
  const missing: string[] = [];
  for (const name of controllers) {
    try {
      host.files.write(`${root}/cgroup.subtree_control`, `+${name}`);
    } catch {
      missing.push(name);
    }
  }
  return missing.length === 0 ? undefined : `controllers left out: ${missing.join(' ')}`;
}

export async function raiseLoopback(host: SystemHost): Promise<void> {
  const { code, stderr } = await host.processes.run(['/usr/bin/ip', 'link', 'set', 'lo', 'up']);
  if (code !== 0) throw new Error(stderr.trim());
}

/**
 * Modules for the devices that are there now (network cards above all), so that their drivers do not wait for udev,
 * which does the rest. In the background: nothing waits for it.
 */
export function startModuleLoading(host: SystemHost, log: BootLog): void {
  const aliases = readModaliases(host);
  const wanted = [...aliases, 'evdev', 'button', 'br_netfilter', 'nf_conntrack', 'nft_compat', 'nft_chain_nat', 'xt_MASQUERADE', 'xt_conntrack', 'xt_addrtype', 'veth'];
  host.processes.run(['/usr/sbin/modprobe', '-a', '-b', '-q', ...wanted]).catch((error: unknown) => log.warning(`modprobe: ${explain(error)}`));
}
