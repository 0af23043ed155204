// Disk images for machines: blank and formatted disks, overlays, config drives. Made with the tools of this machine.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@drover/builder';
import type { Disk } from './types.ts';

/** Sizes in qemu-img's notation, e.g. `4G`. */
export async function createBlankDisk(file: string, size: string): Promise<void> {
  await runCommand(['qemu-img', 'create', '-q', '-f', 'qcow2', file, size]);
}

/** Changes go to `file`; `base` stays as it is. */
export async function createOverlay(base: string, format: Disk['format'], file: string): Promise<void> {
  await runCommand(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', format, '-b', base, file]);
}

/** A raw copy, for tools that read file systems. */
export async function exportRaw(file: string, into: string): Promise<void> {
  await runCommand(['qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw', file, into]);
}

/** A sparse raw disk with an ext4 file system over all of it. */
export async function createExt4Disk(file: string, sizeMb: number, label: string, content?: string): Promise<void> {
  writeFileSync(file, '');
  truncateSync(file, sizeMb * 1024 * 1024);
  const options = content === undefined ? [] : ['-d', content];
  await runCommand(['mkfs.ext4', '-q', '-F', '-L', label, ...options, file], { env: TOOL_PATH });
}

const TOOL_PATH = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
const MIB = 1024 * 1024;

/** What is on a disk before it grows: sfdisk's words, none for a file system over all of it, and where its ext4 file system begins and ends. */
const LAYOUTS = {
  gpt: { table: 'label: gpt\nsize=1MiB\nsize=+\n', startMb: 2, behindMb: 1 },
  dos: { table: 'label: dos\nstart=1MiB, size=+\n', startMb: 1, behindMb: 0 },
  whole: { table: undefined, startMb: 0, behindMb: 0 },
};

/** A raw disk of `sizeMb`, grown from half of that, with an ext4 file system: in the last partition, or over all of it. */
export async function createGrownDisk(file: string, sizeMb: number, label: string, layout: keyof typeof LAYOUTS): Promise<void> {
  const { table, startMb, behindMb } = LAYOUTS[layout];
  const half = sizeMb / 2;
  writeFileSync(file, '');
  truncateSync(file, half * MIB);
  if (table !== undefined) await runCommand(['sfdisk', '-q', file], { env: TOOL_PATH, input: table });
  await runCommand(['mkfs.ext4', '-q', '-F', '-L', label, '-E', `offset=${startMb * MIB}`, file, `${half - startMb - behindMb}M`], { env: TOOL_PATH });
  truncateSync(file, sizeMb * MIB);
}

/** What sfdisk says about the partition table of a raw disk, and the sizes of its partitions in sectors. */
export async function describePartitions(file: string): Promise<string> {
  const verified = await runCommand(['sfdisk', '--verify', file], { env: TOOL_PATH });
  const dump = await runCommand(['sfdisk', '-d', file], { env: TOOL_PATH });
  return verified.stdout.toString() + dump.stdout.toString();
}

/** Where cloud-init looks for user data on a drive labelled config-2. */
export const USER_DATA = 'openstack/latest/user_data';

/** OpenStack's config drive in one file system or the other; NoCloud's, which is FAT here. */
export type ConfigDriveFormat = 'fat' | 'iso9660' | 'nocloud';

const NOCLOUD_METADATA = 'instance-id: drover\nlocal-hostname: from-cidata\n';

/** The drive that brings `userData` into the machine. */
export async function createConfigDrive(file: string, userData: string | Uint8Array, format: ConfigDriveFormat = 'fat'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drover-config-'));
  try {
    const local = join(folder, 'user_data');
    writeFileSync(local, userData);
    rmSync(file, { force: true });
    if (format === 'iso9660') {
      await runCommand(['xorriso', '-as', 'mkisofs', '-quiet', '-R', '-V', 'config-2', '-graft-points', '-o', file, `/${USER_DATA}=${local}`]);
      return;
    }
    writeFileSync(file, '');
    truncateSync(file, 2 << 20);
    if (format === 'nocloud') {
      writeFileSync(join(folder, 'meta-data'), NOCLOUD_METADATA);
      await runCommand(['mformat', '-i', file, '-v', 'CIDATA', '::']);
      await runCommand(['mcopy', '-i', file, join(folder, 'meta-data'), '::meta-data']);
      await runCommand(['mcopy', '-i', file, local, '::user-data']);
      return;
    }
    await runCommand(['mformat', '-i', file, '-v', 'config-2', '::']);
    await runCommand(['mmd', '-i', file, '::openstack', '::openstack/latest']);
    await runCommand(['mcopy', '-i', file, local, `::${USER_DATA}`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
