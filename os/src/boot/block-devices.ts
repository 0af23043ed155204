// What is on the block devices: type, label and UUID, read from the superblocks themselves. Enough to find our own
// disks before udev runs. Offsets: the kernel's headers of each file system (ext4.h, iso_fs.h, msdos_fs.h, squashfs_fs.h,
// xfs_format.h, btrfs_tree.h) and util-linux's description of swap and LUKS.

import { codeOf, decodeUtf8, encodeHex } from '@drover/core';
import type { Files, Host } from '@drover/host';

export type ContentType = 'ext4' | 'iso9660' | 'vfat' | 'squashfs' | 'xfs' | 'btrfs' | 'swap' | 'crypto_LUKS' | 'LVM2_member' | 'linux_raid_member';

export interface BlockDevice {
  /** /dev/vda1 */
  readonly path: string;
  readonly sizeBytes: number;
  readonly removable: boolean;
  readonly isPartition: boolean;
}

export interface Content {
  readonly type: ContentType;
  readonly label: string;
  readonly uuid: string;
  /** ext4 only: it was unmounted properly and has no recorded error. */
  readonly clean?: boolean;
}

/** Every disk, partition and CD, in the kernel's order; no loop or RAM devices. */
export function listBlockDevices(host: Pick<Host, 'files'>): BlockDevice[] {
  const folder = '/sys/class/block';
  if (!host.files.exists(folder)) return [];
  const names = host.files.list(folder).filter((name) => !/^(loop|ram|zram|nbd|fd)\d/.test(name));
  return names.flatMap((name) => {
    const sectors = Number(host.files.readTextIfPresent(`${folder}/${name}/size`) ?? 0);
    const path = `/dev/${name.replace(/!/g, '/')}`;
    if (sectors === 0 || !host.files.exists(path)) return [];
    const isPartition = host.files.exists(`${folder}/${name}/partition`);
    const removable = host.files.readTextIfPresent(`${folder}/${name}/removable`)?.trim() === '1';
    return [{ path, sizeBytes: sectors * 512, removable, isPartition }];
  });
}

interface Probe {
  readonly type: ContentType;
  readonly magic: readonly [offset: number, bytes: string];
  readonly describe: (read: Reader) => { label: string; uuid: string; clean?: boolean };
}

interface Reader {
  text(offset: number, length: number): string;
  uuid(offset: number): string;
  u16(offset: number): number;
  u32(offset: number): number;
}

const EXT_SUPERBLOCK = 1024;
const EXT_STATE_CLEAN = 1;
const EXT_FEATURE_NEEDS_RECOVERY = 4;
const ISO_DESCRIPTOR = 32768;
const BTRFS_SUPERBLOCK = 65536;

const PROBES: readonly Probe[] = [
  { type: 'crypto_LUKS', magic: [0, 'LUKS\u00ba\u00be'], describe: (read) => ({ label: '', uuid: read.text(168, 40) }) },
  { type: 'squashfs', magic: [0, 'hsqs'], describe: () => ({ label: '', uuid: '' }) },
  { type: 'xfs', magic: [0, 'XFSB'], describe: (read) => ({ label: read.text(108, 12), uuid: read.uuid(32) }) },
  { type: 'LVM2_member', magic: [536, 'LVM2 001'], describe: () => ({ label: '', uuid: '' }) },
  { type: 'linux_raid_member', magic: [4096, '\u00fc\u004e\u002b\u00a9'], describe: (read) => ({ label: read.text(4096 + 32, 32), uuid: read.uuid(4096 + 16) }) },
  { type: 'swap', magic: [4086, 'SWAPSPACE2'], describe: (read) => ({ label: read.text(1052, 16), uuid: read.uuid(1036) }) },
  {
    type: 'ext4',
    magic: [EXT_SUPERBLOCK + 56, '\u0053\u00ef'],
    describe: (read) => ({
      label: read.text(EXT_SUPERBLOCK + 120, 16),
      uuid: read.uuid(EXT_SUPERBLOCK + 104),
      clean: read.u16(EXT_SUPERBLOCK + 58) === EXT_STATE_CLEAN && (read.u32(EXT_SUPERBLOCK + 96) & EXT_FEATURE_NEEDS_RECOVERY) === 0,
    }),
  },
  { type: 'iso9660', magic: [ISO_DESCRIPTOR + 1, 'CD001'], describe: (read) => ({ label: read.text(ISO_DESCRIPTOR + 40, 32), uuid: '' }) },
  { type: 'btrfs', magic: [BTRFS_SUPERBLOCK + 64, '_BHRfS_M'], describe: (read) => ({ label: read.text(BTRFS_SUPERBLOCK + 299, 64), uuid: read.uuid(BTRFS_SUPERBLOCK + 32) }) },
  { type: 'vfat', magic: [82, 'FAT32   '], describe: (read) => ({ label: read.text(71, 11), uuid: fatSerial(read.u32(67)) }) },
  { type: 'vfat', magic: [54, 'FAT'], describe: (read) => ({ label: read.text(43, 11), uuid: fatSerial(read.u32(39)) }) },
];

const PROBE_BYTES = BTRFS_SUPERBLOCK + 4096;

/** Undefined when nothing known is on it (or no medium is in the drive). */
export function probeContent(files: Files, path: string): Content | undefined {
  let bytes: Uint8Array;
  try {
    bytes = files.readBytes(path, PROBE_BYTES);
  } catch (error) {
    if (['ENOMEDIUM', 'EIO', 'ENXIO', 'ENOENT'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
  return recognise(bytes);
}

export function recognise(bytes: Uint8Array): Content | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slice = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length);
  const read: Reader = {
    text: (offset, length) => decodeUtf8(slice(offset, length)).replace(/\0.*$/s, '').trimEnd(),
    uuid: (offset) => encodeHex(slice(offset, 16)).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    u16: (offset) => (offset + 2 <= bytes.length ? view.getUint16(offset, true) : 0),
    u32: (offset) => (offset + 4 <= bytes.length ? view.getUint32(offset, true) : 0),
  };
  for (const { type, magic, describe } of PROBES) {
    const [offset, text] = magic;
    const found = slice(offset, text.length);
    if (found.length === text.length && found.every((byte, i) => byte === text.charCodeAt(i))) return { type, ...describe(read) };
  }
  return undefined;
}

function fatSerial(value: number): string {
  return value.toString(16).padStart(8, '0').toUpperCase().replace(/^(.{4})/, '$1-');
}

/** `LABEL=x`, `UUID=x` or a path, to the path of a device that exists now. With several, the first in order. */
export function resolveDevice(host: Pick<Host, 'files'>, spec: string): string | undefined {
  const match = /^(LABEL|UUID)=(.*)$/s.exec(spec);
  if (match === null) return host.files.stat(spec)?.type === 'block' ? spec : undefined;
  const [, kind, wanted] = match;
  return listBlockDevices(host).find(({ path }) => {
    const content = probeContent(host.files, path);
    if (content === undefined) return false;
    return kind === 'LABEL' ? content.label === wanted : content.uuid.toLowerCase() === wanted!.toLowerCase() && wanted !== '';
  })?.path;
}
