// Settings of the kernel that the system relies on.

import type { SystemHost } from '@drover/host';
import { codeOf, explain, RosError } from '@drover/core';
import type { BootLog } from './boot-log.ts';
import { readModaliases } from './modules.ts';

const SETTINGS: readonly (readonly [path: string, value: string])[] = [
  ['/proc/sys/net/ipv4/ip_forward', '1'],
  // An address that goes does not take those of its subnet along that were there after it.
  ['/proc/sys/net/ipv4/conf/all/promote_secondaries', '1'],
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

/** `rancher.sysctl`: a dot or a slash between the parts of a name. Returns what could not be set. */
export function setSysctls({ files }: Pick<SystemHost, 'files'>, settings: Readonly<Record<string, string>>): string[] {
  const failed: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    const path = name.includes('/') ? name : name.replaceAll('.', '/');
    try {
      if (path.split('/').includes('..')) throw new RosError('bad-sysctl', 'not a name');
      files.write(`/proc/sys/${path}`, value);
    } catch (error) {
      failed.push(`rancher.sysctl ${name} (${codeOf(error) ?? explain(error)})`);
    }
  }
  return failed;
}

/** `rancher.modules`: each a name, with its parameters after a space. Returns what could not be loaded. */
export async function loadModules({ processes }: Pick<SystemHost, 'processes'>, modules: readonly string[]): Promise<string[]> {
  const failed: string[] = [];
  for (const line of modules) {
    const [name, ...parameters] = line.trim().split(/\s+/);
    if (name === undefined || name === '') continue;
    const { code, stderr } = await processes.run(['/usr/sbin/modprobe', '--', name, ...parameters]);
    if (code !== 0) failed.push(`rancher.modules ${name} (${stderr.trim()})`);
  }
  return failed;
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
