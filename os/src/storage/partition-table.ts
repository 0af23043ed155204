// Making a partition longer in the table of its disk, MBR or GPT, as a list of writes. Pure. The writes are in an order
// that a power cut may interrupt anywhere: what counts changes with one sector, and everything it needs was written
// before. Formats: UEFI specification 2.10, chapter 5.

import { RosError } from '@drover/core';

const SECTOR = 512;
const MIB_SECTORS = 2048;
const MBR_SIGNATURE_AT = 510;
const MBR_ENTRIES_AT = 446;
const MBR_ENTRY_BYTES = 16;
const MBR_LIMIT_SECTORS = 0xffffffff;
const GPT_PROTECTIVE = 0xee;

export interface TableWrite {
  readonly sector: number;
  readonly bytes: Uint8Array;
}

export interface PartitionGrowth {
  readonly number: number;
  readonly startSector: number;
  /** Of the longer partition. */
  readonly sectors: number;
  /** One after the other, each on the disk before the next. None when it is as long as it can be. */
  readonly writes: readonly TableWrite[];
}

/** Reads whole sectors. */
export type ReadSectors = (sector: number, count: number) => Uint8Array;

/** Undefined when the disk has no partition table. Throws when the partition cannot grow for a reason to tell. */
export function planGrowth(read: ReadSectors, diskSectors: number, number: number): PartitionGrowth | undefined {
  const first = read(0, 1);
  const view = viewOf(first);
  if (view.getUint16(MBR_SIGNATURE_AT, true) !== 0xaa55) return undefined;
  return first[MBR_ENTRIES_AT + 4] === GPT_PROTECTIVE ? planGpt(read, diskSectors, number) : planMbr(first, diskSectors, number);
}

interface Extent {
  readonly number: number;
  readonly start: number;
  /** The sector behind it. */
  readonly end: number;
}

/** `limit`: the first sector that no partition may have. */
function findGrowing(extents: readonly Extent[], number: number, limit: number): { readonly extent: Extent; readonly end: number } {
  const extent = extents.find((one) => one.number === number);
  if (extent === undefined) throw new RosError('no-partition', `there is no partition ${number}`);
  const behind = extents.find((one) => one.start >= extent.end);
  if (behind !== undefined) throw new RosError('partition-behind', `partition ${behind.number} is behind partition ${number}`, { hint: 'only the last partition of a disk can grow' });
  const end = Math.max(extent.end, Math.floor(limit / MIB_SECTORS) * MIB_SECTORS);
  return { extent, end };
}

function planMbr(first: Uint8Array, diskSectors: number, number: number): PartitionGrowth {
  const view = viewOf(first);
  const extents = [1, 2, 3, 4].flatMap((one): Extent[] => {
    const at = entryAt(one);
    const [start, length] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)];
    return first[at + 4] === 0 ? [] : [{ number: one, start, end: start + length }];
  });
  const { extent, end } = findGrowing(extents, number, Math.min(diskSectors, MBR_LIMIT_SECTORS));
  const grown = first.slice();
  viewOf(grown).setUint32(entryAt(number) + 12, end - extent.start, true);
  return { number, startSector: extent.start, sectors: end - extent.start, writes: end === extent.end ? [] : [{ sector: 0, bytes: grown }] };
}

function entryAt(number: number): number {
  return MBR_ENTRIES_AT + (number - 1) * MBR_ENTRY_BYTES;
}

// Offsets of the GPT header's fields.
const HEADER_CRC = 16;
const MY_LBA = 24;
const OTHER_LBA = 32;
const FIRST_USABLE = 40;
const LAST_USABLE = 48;
const ENTRIES_LBA = 72;
const ENTRY_COUNT = 80;
const ENTRY_BYTES = 84;
const ENTRIES_CRC = 88;
const HEADER_BYTES_LIMIT = 512;

function planGpt(read: ReadSectors, diskSectors: number, number: number): PartitionGrowth {
  const header = read(1, 1);
  const { entries, entrySectors, entryBytes } = readEntries(read, header);
  const table = viewOf(entries);
  const extents = Array.from({ length: Math.floor(entries.length / entryBytes) }, (_, i): Extent => {
    const at = i * entryBytes;
    return { number: i + 1, start: sectorAt(table, at + 32), end: sectorAt(table, at + 40) + 1 };
  }).filter(({ number: one }) => entries.subarray((one - 1) * entryBytes, (one - 1) * entryBytes + 16).some((byte) => byte !== 0));
  const backupEntries = diskSectors - 1 - entrySectors;
  const { extent, end } = findGrowing(extents, number, backupEntries);
  const growth = { number, startSector: extent.start, sectors: end - extent.start };
  if (end === extent.end) return { ...growth, writes: [] };

  table.setBigUint64((number - 1) * entryBytes + 40, BigInt(end - 1), true);
  // The entries go to a place that nothing uses yet; the header, one sector, then points there.
  const [current, firstUsable] = [sectorAt(viewOf(header), ENTRIES_LBA), sectorAt(viewOf(header), FIRST_USABLE)];
  const place = current === 2 ? 2 + entrySectors : 2;
  const usable = Math.max(firstUsable, 2 + 2 * entrySectors);
  if (extents.some(({ start }) => start < usable)) throw new RosError('no-room', 'the partition table has no room to be changed safely', { hint: 'let the first partition begin at 1 MiB, as every tool of today does' });
  const common = { [OTHER_LBA]: diskSectors - 1, [FIRST_USABLE]: usable, [LAST_USABLE]: backupEntries - 1 };
  const crc = crc32(entries);
  return {
    ...growth,
    writes: [
      { sector: backupEntries, bytes: entries },
      { sector: diskSectors - 1, bytes: renderHeader(header, { ...common, [MY_LBA]: diskSectors - 1, [OTHER_LBA]: 1, [ENTRIES_LBA]: backupEntries }, crc) },
      { sector: place, bytes: entries },
      { sector: 1, bytes: renderHeader(header, { ...common, [ENTRIES_LBA]: place }, crc) },
    ],
  };
}

function readEntries(read: ReadSectors, header: Uint8Array): { readonly entries: Uint8Array; readonly entrySectors: number; readonly entryBytes: number } {
  const view = viewOf(header);
  const length = view.getUint32(12, true);
  const bad = new RosError('bad-gpt', 'the partition table (GPT) is damaged', { hint: 'repair it first, from its backup at the end of the disk' });
  if (String.fromCharCode(...header.subarray(0, 8)) !== 'EFI PART' || length < 92 || length > HEADER_BYTES_LIMIT) throw bad;
  if (headerCrc(header, length) !== view.getUint32(HEADER_CRC, true)) throw bad;
  const [count, entryBytes] = [view.getUint32(ENTRY_COUNT, true), view.getUint32(ENTRY_BYTES, true)];
  if (entryBytes < 128 || count === 0 || count * entryBytes > 1 << 20 || (count * entryBytes) % SECTOR !== 0) throw bad;
  const entrySectors = (count * entryBytes) / SECTOR;
  const entries = read(sectorAt(view, ENTRIES_LBA), entrySectors).slice();
  if (crc32(entries) !== view.getUint32(ENTRIES_CRC, true)) throw bad;
  return { entries, entrySectors, entryBytes };
}

function renderHeader(header: Uint8Array, fields: Readonly<Record<number, number>>, entriesCrc: number): Uint8Array {
  const bytes = header.slice();
  const view = viewOf(bytes);
  for (const [at, value] of Object.entries(fields)) view.setBigUint64(Number(at), BigInt(value), true);
  view.setUint32(ENTRIES_CRC, entriesCrc, true);
  view.setUint32(HEADER_CRC, headerCrc(bytes, view.getUint32(12, true)), true);
  return bytes;
}

/** Over the header alone, with its own field as zero. */
function headerCrc(header: Uint8Array, length: number): number {
  const bytes = header.slice(0, length);
  viewOf(bytes).setUint32(HEADER_CRC, 0, true);
  return crc32(bytes);
}

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320;
  }
  return ~crc >>> 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function sectorAt(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, true));
}
