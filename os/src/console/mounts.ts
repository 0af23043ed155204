// `mounts`: file systems and swap of the user, in the console, whose file system User Docker uses as well.

import { dirname, RosError } from '@drover/core';
import type { MountEntry } from '@drover/cloud-config';
import type { Host } from '@drover/host';
import { resolveDevice } from '../boot/block-devices.ts';

type MountHost = Pick<Host, 'files' | 'processes' | 'clock'>;

/** Devices may come late; whoever waits for them keeps the logins waiting. */
const TRIES = 10;
const PAUSE_MS = 500;

/** The command that mounts an entry; `device` is the path it was found at. */
export function planMount([, mountPoint, type, options]: MountEntry, device: string): string[] {
  if (type === 'swap') return ['/usr/bin/swapon', device];
  return ['/usr/bin/mount', ...(type === '' || type === 'auto' ? [] : ['-t', type]), ...(options === '' ? [] : ['-o', options]), device, mountPoint];
}

/** Throws when it could not be mounted. */
export async function mountEntry(host: MountHost, entry: MountEntry): Promise<void> {
  const [, mountPoint, type, options] = entry;
  if (type !== 'swap' && !mountPoint.startsWith('/')) throw new RosError('bad-mount', `the mount point ${JSON.stringify(mountPoint)} is no path`);
  const device = await findDevice(host, entry);
  if (type !== 'swap') makeTarget(host, mountPoint, options.split(',').includes('bind') && host.files.stat(device)?.type === 'file');
  const { code, stdout, stderr } = await host.processes.run(planMount(entry, device));
  if (code !== 0) throw new RosError('mount-failed', stderr.trim() || stdout.trim() || `mount ended with ${code}`);
}

/** What has a device waits for it a little. */
async function findDevice(host: MountHost, [spec, , , options]: MountEntry): Promise<string> {
  if (/(?:^|,)r?bind(?:,|$)/.test(options) || !/^(?:\/dev\/|LABEL=|UUID=)/.test(spec)) return spec;
  for (let left = TRIES; ; left -= 1) {
    const found = resolveDevice(host, spec);
    if (found !== undefined) return found;
    if (left <= 1) throw new RosError('no-device', `there is no device ${spec}`);
    await host.clock.sleep(PAUSE_MS);
  }
}

function makeTarget({ files }: MountHost, path: string, isFile: boolean): void {
  if (files.exists(path)) return;
  if (!isFile) return files.makeDirectory(path, 0o755);
  files.makeDirectory(dirname(path), 0o755);
  files.write(path, '');
}
