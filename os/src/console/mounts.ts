// `mounts`: file systems and swap of the user, in the console, whose file system User Docker uses as well. Always by a
// child process with a deadline: mount(2) itself may wait for a server for minutes. `ros config apply` undoes what is gone
// from the list.

import { codeOf, dirname, explain, RosError } from '@drover/core';
import type { MountEntry } from '@drover/cloud-config';
import type { Host, Kernel, SwapOptions } from '@drover/host';
import { probeContent, resolveDevice } from '../boot/block-devices.ts';
import { NETWORK_TYPES, readMountTable } from '../storage/mount-table.ts';

export type MountHost = Pick<Host, 'files' | 'processes' | 'clock'> & { readonly kernel: Pick<Kernel, 'swapOn' | 'swapOff'> };

/** Whoever waits for a mount keeps User Docker waiting. A disk is there in a moment; a server needs the network first. */
const DEVICE_WAIT_MS = 5000;
const SERVER_WAIT_MS = 45_000;
const PAUSE_MS = 500;
const ATTEMPT_MS = 15_000;
/** swapon(2) has 15 bits for it. */
const HIGHEST_PRIORITY = 32767;

export function isNetworkMount([, , type]: MountEntry): boolean {
  return NETWORK_TYPES.includes(type);
}

/** For people: the mount point, the device of swap space. */
export function nameOf([spec, mountPoint, type]: MountEntry): string {
  return type === 'swap' || mountPoint === '' ? spec : mountPoint;
}

/**
 * The commands that may mount an entry, best first: one that succeeds is enough. `device` is the path it was found at,
 * `probed` the file system on it.
 */
export function planMounts([, mountPoint, type, options]: MountEntry, device: string, probed?: string): string[][] {
  const words = splitOptions(options);
  const named = type === '' || type === 'auto' ? probed : type;
  const mount = (more: readonly string[]): string[] => {
    const all = [...words, ...more];
    return ['/usr/bin/mount', ...(named === undefined ? [] : ['-t', named]), ...(all.length === 0 ? [] : ['-o', all.join(',')]), device, mountPoint];
  };
  return (named === 'nfs' || named === 'nfs4' ? planNfsVersions(named, words) : [[]]).map(mount);
}

/** Without those of fstab that are for programs that are not here. */
function splitOptions(options: string): string[] {
  return options.split(',').map((word) => word.trim()).filter((word) => word !== '' && !/^(?:nofail|_netdev|bg|fg|noauto|auto|x-.*)$/.test(word));
}

const SWAP_WORDS: Readonly<Record<string, SwapOptions>> = { sw: {}, defaults: {}, discard: { discard: 'both' }, 'discard=once': { discard: 'once' }, 'discard=pages': { discard: 'pages' } };

/** Those of fstab(5) and swapon(8). */
export function planSwap([spec, , , options]: MountEntry): SwapOptions {
  return Object.assign({}, ...splitOptions(options).map((word): SwapOptions => {
    const priority = /^pri=(\d{1,5})$/.exec(word)?.[1];
    if (priority !== undefined && Number(priority) <= HIGHEST_PRIORITY) return { priority: Number(priority) };
    if (Object.hasOwn(SWAP_WORDS, word)) return SWAP_WORDS[word]!;
    throw new RosError('bad-mount', `${spec}: ${word} is no option of swap space`, { hint: `pri=0 to pri=${HIGHEST_PRIORITY}, discard, discard=once, discard=pages` });
  })) as SwapOptions;
}

/**
 * The kernel negotiates no version. Not 4.2 unless it is asked for: files of nfs-ganesha 4.3 were read as zeros with it. Its
 * READ_PLUS is older than the standard (github.com/nfs-ganesha/nfs-ganesha/issues/1344), which may be why. Version 3
 * without rpc.statd has no locks that others see, which must be said (nfs(5), nolock).
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
  if (type === 'swap') return startSwap(host, entry, device);
  makeTarget(host, mountPoint, isBind(entry) && host.files.stat(device)?.type === 'file');
  const probed = host.files.stat(device)?.type === 'block' ? probeContent(host.files, device)?.type : undefined;
  const commands = planMounts(entry, device, probed);
  for (;;) {
    const failure = await runFirstThatWorks(host, commands);
    if (failure === undefined) return;
    if (!isNetworkMount(entry) || isRefusal(failure) || host.clock.monotonic() > deadline) throw new RosError('mount-failed', `${spec}: ${failure}`);
    await host.clock.sleep(PAUSE_MS * 4);
  }
}

function startSwap(host: MountHost, entry: MountEntry, device: string): void {
  const options = planSwap(entry);
  try {
    host.kernel.swapOn(device, options);
  } catch (error) {
    throw new RosError('mount-failed', `${entry[0]}: ${explain(error)}`, { cause: error, ...(codeOf(error) === 'EINVAL' && { hint: `make it swap space first: mkswap ${device}` }) });
  }
}

/** Undoes `mountEntry`. Does nothing when it is not there any more; throws while something uses it. */
export async function unmountEntry(host: MountHost, entry: MountEntry): Promise<void> {
  const [, mountPoint, type] = entry;
  const device = locateDevice(host, entry);
  if (device === undefined || !isMounted(host, entry, device)) return;
  if (type === 'swap') return host.kernel.swapOff(device);
  const failure = await runFirstThatWorks(host, [['/usr/bin/umount', mountPoint]]);
  if (failure !== undefined) throw new RosError('unmount-failed', failure, { hint: `end what uses it, then: sudo umount ${mountPoint}; or it is gone at the next boot` });
}

/** By a server that answers, or by the kernel: asked again, they say the same. As text, for mount(8) has one exit code. */
function isRefusal(failure: string): boolean {
  return /: (?:No such file or directory|Permission denied|No such device|Invalid argument)$/.test(failure);
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
  const [spec] = entry;
  for (;;) {
    const found = locateDevice(host, entry);
    if (found !== undefined) return found;
    if (host.clock.monotonic() > deadline) throw new RosError('no-device', `there is no ${spec.startsWith('/') && !spec.startsWith('/dev/') ? 'file' : 'device'} ${spec}`);
    await host.clock.sleep(PAUSE_MS);
  }
}

/** Where it is now; as it was written when it is no device and no file. */
function locateDevice(host: MountHost, entry: MountEntry): string | undefined {
  const [spec, , type] = entry;
  const isLabel = /^(?:LABEL|UUID)=/.test(spec);
  if (isBind(entry) || (!isLabel && (isNetworkMount(entry) || !spec.startsWith('/')))) return spec;
  if (isLabel || (spec.startsWith('/dev/') && type !== 'swap')) return resolveDevice(host, spec);
  return host.files.exists(spec) ? spec : undefined;
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
