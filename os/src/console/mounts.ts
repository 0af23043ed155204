// `mounts`: file systems and swap of the user, in the console, whose file system User Docker uses as well. Always by a
// child process with a deadline: mount(2) itself may wait for a server for minutes.

import { dirname, RosError } from '@drover/core';
import type { MountEntry } from '@drover/cloud-config';
import type { Host } from '@drover/host';
import { probeContent, resolveDevice } from '../boot/block-devices.ts';
import { readMountTable } from '../storage/mount-table.ts';

type MountHost = Pick<Host, 'files' | 'processes' | 'clock'>;

/** Whoever waits for a mount keeps User Docker waiting. A disk is there in a moment; a server needs the network first. */
const DEVICE_WAIT_MS = 5000;
const SERVER_WAIT_MS = 45_000;
const PAUSE_MS = 500;
const ATTEMPT_MS = 15_000;

export function isNetworkMount([, , type]: MountEntry): boolean {
  return /^(?:nfs4?|cifs|smb3|ceph|9p)$/.test(type);
}

/**
 * The commands that may mount an entry, best first: one that succeeds is enough. `device` is the path it was found at,
 * `probed` the file system on it.
 */
export function planMounts([, mountPoint, type, options]: MountEntry, device: string, probed?: string): string[][] {
  const words = options.split(',').map((word) => word.trim()).filter((word) => word !== '' && !isForOthers(word));
  if (type === 'swap') return [['/usr/bin/swapon', device]];
  const named = type === '' || type === 'auto' ? probed : type;
  const mount = (more: readonly string[]): string[] => {
    const all = [...words, ...more];
    return ['/usr/bin/mount', ...(named === undefined ? [] : ['-t', named]), ...(all.length === 0 ? [] : ['-o', all.join(',')]), device, mountPoint];
  };
  return (named === 'nfs' || named === 'nfs4' ? planNfsVersions(named, words) : [[]]).map(mount);
}

/** Of fstab, for programs that are not here. */
function isForOthers(word: string): boolean {
  return /^(?:nofail|_netdev|bg|fg|noauto|auto|x-.*)$/.test(word);
}

/**
 * The kernel negotiates no version. Not 4.2 unless it is asked for: files of nfs-ganesha 4.3 were read as zeros with it
 * (READ_PLUS is suspected, not proven). Version 3 without rpc.statd has no locks that others see, which must be said
 * (nfs(5), nolock).
 */
function planNfsVersions(type: 'nfs' | 'nfs4', words: readonly string[]): string[][] {
  const version = words.map((word) => /^(?:nfs)?vers=(.*)$/.exec(word)?.[1] ?? /^v([234].*)$/.exec(word)?.[1]).find((one) => one !== undefined);
  const withoutLocks = words.some((word) => /^(?:no)?lock$|^local_lock=/.test(word)) ? [] : ['nolock'];
  if (version !== undefined) return [version.startsWith('4') || type === 'nfs4' ? [] : withoutLocks];
  return type === 'nfs4' ? [['vers=4.1'], ['vers=4']] : [['vers=4.1'], ['vers=3', ...withoutLocks]];
}

/** Does nothing when it is there already. Throws when it could not be mounted. */
export async function mountEntry(host: MountHost, entry: MountEntry): Promise<void> {
  const [spec, mountPoint, type] = entry;
  if (type !== 'swap' && !mountPoint.startsWith('/')) throw new RosError('bad-mount', `the mount point ${JSON.stringify(mountPoint)} is no path`);
  const deadline = host.clock.monotonic() + (isNetworkMount(entry) ? SERVER_WAIT_MS : DEVICE_WAIT_MS);
  const device = await findDevice(host, entry, deadline);
  if (isMounted(host, entry, device)) return;
  const isFile = isBind(entry) && host.files.stat(device)?.type === 'file';
  if (type !== 'swap') makeTarget(host, mountPoint, isFile);
  const probed = host.files.stat(device)?.type === 'block' ? probeContent(host.files, device)?.type : undefined;
  const commands = planMounts(entry, device, probed);
  for (;;) {
    const failure = await runFirstThatWorks(host, commands);
    if (failure === undefined) return;
    if (!isNetworkMount(entry) || host.clock.monotonic() > deadline) throw new RosError('mount-failed', `${spec}: ${failure}`);
    await host.clock.sleep(PAUSE_MS * 4);
  }
}

async function runFirstThatWorks(host: MountHost, commands: readonly (readonly string[])[]): Promise<string | undefined> {
  let failure: string | undefined;
  for (const command of commands) {
    const { code, stdout, stderr, timedOut } = await host.processes.run(command, { timeoutMs: ATTEMPT_MS });
    if (code === 0) return undefined;
    failure = timedOut ? `no answer in ${ATTEMPT_MS / 1000} s` : firstLine(stderr) || firstLine(stdout) || `${command[0]} ended with ${code}`;
    if (timedOut) break; // a server that is not there has no other version either
  }
  return failure;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]!;
}

function isBind([, , , options]: MountEntry): boolean {
  return /(?:^|,)r?bind(?:,|$)/.test(options);
}

/** What has a device waits for it a little. */
async function findDevice(host: MountHost, entry: MountEntry, deadline: number): Promise<string> {
  const [spec, , type] = entry;
  const isLabel = /^(?:LABEL|UUID)=/.test(spec);
  if (isBind(entry) || (!isLabel && (isNetworkMount(entry) || !spec.startsWith('/')))) return spec;
  for (;;) {
    const found = isLabel || (spec.startsWith('/dev/') && type !== 'swap') ? resolveDevice(host, spec) : host.files.exists(spec) ? spec : undefined;
    if (found !== undefined) return found;
    if (host.clock.monotonic() > deadline) throw new RosError('no-device', `there is no ${spec.startsWith('/') && !spec.startsWith('/dev/') ? 'file' : 'device'} ${spec}`);
    await host.clock.sleep(PAUSE_MS);
  }
}

function isMounted({ files }: MountHost, entry: MountEntry, device: string): boolean {
  const [, mountPoint, type] = entry;
  if (type === 'swap') return (files.readTextIfPresent('/proc/swaps') ?? '').split('\n').some((line) => line.split(/\s/)[0] === device);
  const place = mountPoint.replace(/(.)\/+$/, '$1');
  return readMountTable(files).some(({ source, mountPoint: target }) => target === place && (source === device || isBind(entry)));
}

function makeTarget({ files }: MountHost, path: string, isFile: boolean): void {
  if (files.exists(path)) return;
  if (!isFile) return files.makeDirectory(path, 0o755);
  files.makeDirectory(dirname(path), 0o755);
  files.write(path, '');
}
