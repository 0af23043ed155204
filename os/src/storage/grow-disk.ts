// `rancher.resize_device`: the state partition takes what a disk has grown by. INVARIANT: of the disk, only the table's
// entry of that partition and its ext4 file system are touched, and never anything behind another partition. Nothing is
// remembered: each boot looks whether there is something to do, so a power cut in the middle costs nothing.

import { basename, dirname, formatSize, RosError } from '@drover/core';
import type { SystemHost } from '@drover/host';
import { probeContent } from '../boot/block-devices.ts';
import { readMountTable } from './mount-table.ts';
import type { PartitionGrowth, ReadSectors } from './partition-table.ts';
import { planGrowth } from './partition-table.ts';

const SECTOR = 512;
const MEBIBYTE = 1 << 20;
/** A file system of terabytes, on a slow disk. It may be stopped at any time. */
const RESIZE_LIMIT_MS = 3_600_000;

/** For a file system that nobody has mounted. */
const PLACE = '/run/ros/growing';

export type DiskHost = Pick<SystemHost, 'files' | 'processes' | 'kernel' | 'mounts'>;

/** `device`: a disk, or the partition to grow. Resolves to what was done; undefined when nothing was to do. */
export async function growDisk(host: DiskHost, device: string, stateDevice: string | undefined): Promise<string | undefined> {
  if (host.files.stat(device)?.type !== 'block') throw new RosError('no-device', `rancher.resize_device: there is no ${device}`);
  const { disk, number } = locate(host, device, stateDevice);
  const target = await growPartition(host, disk, number);
  if (probeContent(host.files, target)?.type !== 'ext4') throw new RosError('no-ext4', `rancher.resize_device: ${target} has no ext4 file system`);
  const before = fileSystemBytes(host, target);
  if (host.kernel.blockDeviceBytes(target) - before < MEBIBYTE) return undefined;
  await growFileSystem(host, target);
  return `${target} grew from ${formatSize(before)} to ${formatSize(fileSystemBytes(host, target))}`;
}

/** The disk, and which partition of it: the one that is named, else the one with the state, else RancherOS's choice. */
function locate({ files }: DiskHost, device: string, stateDevice: string | undefined): { readonly disk: string; readonly number: number } {
  const numberOf = (path: string): number | undefined => {
    const text = files.readTextIfPresent(`/sys/class/block/${basename(path)}/partition`);
    return text === undefined ? undefined : Number(text);
  };
  const diskOf = (path: string): string => `/dev/${basename(dirname(files.realPath(`/sys/class/block/${basename(path)}`)))}`;
  const named = numberOf(device);
  if (named !== undefined) return { disk: diskOf(device), number: named };
  const state = stateDevice === undefined ? undefined : numberOf(stateDevice);
  if (state !== undefined && diskOf(stateDevice!) === device) return { disk: device, number: state };
  return { disk: device, number: basename(device).startsWith('mmcblk') ? 2 : 1 };
}

/** Resolves to the device of the file system: the partition, or a disk without any. */
async function growPartition(host: DiskHost, disk: string, number: number): Promise<string> {
  if (probeContent(host.files, disk)?.type === 'ext4') return disk;
  const growth = readGrowth(host, disk, number);
  if (growth === undefined) throw new RosError('no-table', `rancher.resize_device: ${disk} has neither partitions nor an ext4 file system`);
  for (const { sector, bytes } of growth.writes) {
    const { code, stderr } = await host.processes.run(['/usr/bin/dd', `of=${disk}`, `bs=${SECTOR}`, `seek=${sector}`, 'conv=notrunc,fsync'], { input: bytes });
    if (code !== 0) throw new RosError('write-failed', `rancher.resize_device: writing the partition table of ${disk} failed: ${stderr.trim()}`);
  }
  const partition = pathOfPartition(host, disk, number);
  if (host.kernel.blockDeviceBytes(partition) < growth.sectors * SECTOR) host.kernel.resizePartition(disk, number, growth.startSector * SECTOR, growth.sectors * SECTOR);
  return partition;
}

function readGrowth(host: DiskHost, disk: string, number: number): PartitionGrowth | undefined {
  const file = host.files.open(disk, 'read');
  const read: ReadSectors = (sector, count) => {
    const bytes = new Uint8Array(count * SECTOR);
    for (let at = 0; at < bytes.length; ) {
      const got = file.readAt(bytes.subarray(at), sector * SECTOR + at);
      if (got === 0) throw new RosError('short-disk', `rancher.resize_device: ${disk} ends at sector ${sector}`);
      at += got;
    }
    return bytes;
  };
  try {
    return planGrowth(read, Math.floor(host.kernel.blockDeviceBytes(disk) / SECTOR), number);
  } finally {
    file.close();
  }
}

function pathOfPartition({ files }: DiskHost, disk: string, number: number): string {
  const folder = `/sys/class/block/${basename(disk)}`;
  const name = files.list(folder).find((one) => files.readTextIfPresent(`${folder}/${one}/partition`)?.trim() === String(number));
  if (name === undefined) throw new RosError('no-partition', `rancher.resize_device: the kernel knows no partition ${number} of ${disk}`);
  return `/dev/${name}`;
}

/** Mounted, so that the kernel does it: its journal covers each step, which resize2fs by itself has nothing for. */
async function growFileSystem(host: DiskHost, device: string): Promise<void> {
  if (readMountTable(host.files).some(({ source }) => source === device)) return resize(host, device);
  host.files.makeDirectory(PLACE, 0o700);
  host.mounts.mount({ source: device, target: PLACE, type: 'ext4', flags: ['nosuid', 'nodev', 'noexec'] });
  try {
    await resize(host, device);
  } finally {
    host.mounts.unmount(PLACE);
  }
}

async function resize(host: DiskHost, device: string): Promise<void> {
  const { code, stdout, stderr } = await host.processes.run(['/usr/sbin/resize2fs', device], { timeoutMs: RESIZE_LIMIT_MS });
  if (code !== 0) throw new RosError('resize-failed', `resize2fs ${device}: ${stderr.trim().split('\n').at(-1) ?? stdout.trim()}`);
}

/** What its superblock says (ext4.h). */
function fileSystemBytes({ files }: DiskHost, device: string): number {
  const bytes = files.readBytes(device, 4096);
  const view = new DataView(bytes.buffer, bytes.byteOffset + 1024);
  const has64Bits = (view.getUint32(0x60, true) & 0x80) !== 0;
  return (view.getUint32(4, true) + (has64Bits ? view.getUint32(0x150, true) * 2 ** 32 : 0)) * (1024 << view.getUint32(0x18, true));
}
