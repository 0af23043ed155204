// The state partition: resolving rancher.state.dev, making it on an empty disk when rancher.state.autoformat names one,
// checking and mounting it. INVARIANT: nothing is ever written to a device that is not empty, unless it already is a
// state partition.

import { RosError } from '@drover/core';
import type { SystemHost } from '@drover/host';
import { listBlockDevices, probeContent, resolveDevice } from './block-devices.ts';
import { STATE_LABEL } from '../names.ts';

export interface StateOptions {
  readonly dev: string;
  readonly fstype: string;
  readonly autoformat: readonly string[];
  readonly required: boolean;
  readonly directory: string;
}

/** Runs a program of the os-base image, which has the ext4 tools; the initrd has none. */
export type RunTool = (argv: readonly string[]) => Promise<{ readonly code: number; readonly output: string }>;

const MEBIBYTE = 1 << 20;
const CHUNK_BYTES = 65536;
const SAMPLES = 1024;
const SAMPLE_BYTES = 4096;

/** What is looked at: all of the first 4 MiB and the last one (file systems, partition tables, RAID), and 1024 places between. */
export function placesToLookAt(sizeBytes: number): (readonly [start: number, length: number])[] {
  const places: [number, number][] = [[0, Math.min(4 * MEBIBYTE, sizeBytes)], [Math.max(0, sizeBytes - MEBIBYTE), Math.min(MEBIBYTE, sizeBytes)]];
  const step = Math.floor(sizeBytes / SAMPLES / SAMPLE_BYTES) * SAMPLE_BYTES;
  if (step > 0) for (let i = 1; i < SAMPLES; i += 1) places.push([i * step, SAMPLE_BYTES]);
  return places;
}

/** Zero wherever one looks. A disk that holds anything is somebody's, known to us or not. */
export function isEmptyDisk(host: SystemHost, path: string): boolean {
  const file = host.files.open(path, 'read');
  const words = new Uint32Array(CHUNK_BYTES / 4);
  const chunk = new Uint8Array(words.buffer);
  try {
    for (const [start, length] of placesToLookAt(host.kernel.blockDeviceBytes(path))) {
      for (let at = start; at < start + length; ) {
        words.fill(0);
        const got = file.readAt(chunk.subarray(0, Math.min(CHUNK_BYTES, start + length - at)), at);
        if (got === 0) return false; // what can't be seen may be anything
        // A loop over words, not `some` over bytes: in the interpreter, this is most of what the check takes.
        for (let i = 0; i < got / 4; i += 1) if (words[i] !== 0) return false;
        at += got;
      }
    }
    return true;
  } finally {
    file.close();
  }
}

/** The first device of the list that may be formatted, and why the others may not. */
export function chooseDiskToFormat(host: SystemHost, devices: readonly string[]): { readonly device: string | undefined; readonly refused: readonly string[] } {
  const refused: string[] = [];
  for (const device of devices) {
    if (host.files.stat(device)?.type !== 'block') refused.push(`${device} does not exist`);
    else if (host.kernel.blockDeviceBytes(device) === 0) refused.push(`${device} has no room at all`);
    else if (listBlockDevices(host).some((other) => other.isPartition && other.path.startsWith(device))) refused.push(`${device} has partitions`);
    else if (!isEmptyDisk(host, device)) refused.push(`${device} is not empty`);
    else return { device, refused };
  }
  return { device: undefined, refused };
}

export async function formatState(runTool: RunTool, device: string): Promise<void> {
  const { code, output } = await runTool(['/usr/sbin/mke2fs', '-q', '-F', '-t', 'ext4', '-L', STATE_LABEL, device]);
  if (code !== 0) throw new RosError('state-format', `making a file system on ${device} failed: ${output.trim()}`, { hint: 'is the disk large enough, and writable?' });
}

/** Repairs what can be repaired without asking; a clean file system costs nothing. Returns a remark for the log. */
export async function checkState(host: SystemHost, runTool: RunTool, device: string): Promise<string | undefined> {
  const content = probeContent(host.files, device);
  if (content?.type !== 'ext4' || content.clean === true) return undefined;
  const { code, output } = await runTool(['/usr/sbin/e2fsck', '-p', device]);
  if (code === 0) return 'it was not unmounted; its journal was replayed';
  if (code < 4) return 'it had errors, which were repaired';
  throw new RosError('state-check', `${device} has errors that can't be repaired without a decision: ${output.trim().split('\n').at(-1) ?? ''}`, {
    hint: `run e2fsck ${device} here and answer its questions, then leave this shell`,
  });
}

export type StateResult = { readonly device: string; readonly formatted: boolean; readonly remark: string };

/** Undefined when there is none and none can be made: then the machine runs in memory. */
export async function findState(host: SystemHost, runTool: RunTool, options: StateOptions, waitForDevice: (spec: string) => Promise<string | undefined>): Promise<StateResult | undefined> {
  if (options.dev === '') return undefined;
  const existing = resolveDevice(host, options.dev);
  if (existing !== undefined) return { device: existing, formatted: false, remark: (await checkState(host, runTool, existing)) ?? '' };
  const { device, refused } = chooseDiskToFormat(host, options.autoformat);
  if (device !== undefined) {
    await formatState(runTool, device);
    return { device, formatted: true, remark: `made on the empty disk ${device}` };
  }
  const late = await waitForDevice(options.dev);
  if (late !== undefined) return { device: late, formatted: false, remark: (await checkState(host, runTool, late)) ?? '' };
  if (!options.required) return undefined;
  const why = refused.length === 0 ? '' : ` (${refused.join('; ')})`;
  throw new RosError('state-missing', `no device for rancher.state.dev=${options.dev}, and rancher.state.required is set${why}`, {
    hint: 'attach the disk, or correct rancher.state.dev on the kernel command line',
  });
}

export function mountState(host: SystemHost, device: string, options: StateOptions, target: string): void {
  const detected = probeContent(host.files, device)?.type;
  const type = options.fstype === 'auto' ? detected : options.fstype;
  if (type === undefined) throw new RosError('state-type', `${device} has no file system that is known here`, { hint: 'give rancher.state.fstype, or format the disk' });
  host.files.makeDirectory(target);
  host.mounts.mount({ source: device, target, type, flags: ['noatime'] });
}
