import { encodeUtf8 } from '@drover/core';
import { deepEqual, equal, rejects, test } from '@drover/testing';
import { crc32, planGrowth } from './partition-table.ts';
import type { PartitionGrowth } from './partition-table.ts';

const SECTOR = 512;
const DISK = 40 * 2048;

class Disk {
  readonly bytes: Uint8Array;

  constructor(sectors: number) {
    this.bytes = new Uint8Array(sectors * SECTOR);
  }

  get view(): DataView {
    return new DataView(this.bytes.buffer);
  }

  /** Into the MBR. */
  partition(number: number, start: number, count: number, type = 0x83): this {
    const at = 446 + (number - 1) * 16;
    this.bytes[at + 4] = type;
    this.view.setUint32(at + 8, start, true);
    this.view.setUint32(at + 12, count, true);
    this.view.setUint16(510, 0xaa55, true);
    return this;
  }

  /** A GPT of a disk with `sectors` sectors: type, first and last sector of each partition. */
  gpt(sectors: number, partitions: readonly (readonly [first: number, last: number])[], firstUsable = 34): this {
    this.partition(1, 1, sectors - 1, 0xee);
    partitions.forEach(([first, last], i) => {
      const at = 2 * SECTOR + i * 128;
      this.bytes[at] = 0xaf;
      this.view.setBigUint64(at + 32, BigInt(first), true);
      this.view.setBigUint64(at + 40, BigInt(last), true);
    });
    const at = SECTOR;
    this.bytes.set(encodeUtf8('EFI PART'), at);
    const numbers: readonly (readonly [offset: number, value: number])[] = [[8, 0x10000], [12, 92], [80, 128], [84, 128]];
    for (const [offset, value] of numbers) this.view.setUint32(at + offset, value, true);
    const places: readonly (readonly [offset: number, value: number])[] = [[24, 1], [32, sectors - 1], [40, firstUsable], [48, sectors - 34], [72, 2]];
    for (const [offset, value] of places) this.view.setBigUint64(at + offset, BigInt(value), true);
    this.view.setUint32(at + 88, crc32(this.bytes.subarray(2 * SECTOR, 34 * SECTOR)), true);
    this.view.setUint32(at + 16, crc32(this.bytes.subarray(at, at + 92)), true);
    return this;
  }

  plan(number: number, sectors = this.bytes.length / SECTOR): PartitionGrowth | undefined {
    return planGrowth((sector, count) => this.bytes.slice(sector * SECTOR, (sector + count) * SECTOR), sectors, number);
  }

  /** With the first writes done, as a power cut leaves it. */
  after(writes: PartitionGrowth['writes']): Disk {
    const disk = new Disk(this.bytes.length / SECTOR);
    disk.bytes.set(this.bytes);
    for (const { sector, bytes } of writes) disk.bytes.set(bytes, sector * SECTOR);
    return disk;
  }
}

test('a checksum is the one of zlib and of GPT', () => equal(crc32(encodeUtf8('123456789')), 0xcbf43926));

test('the last partition of an MBR grows to the end of the disk by one sector that changes', () => {
  const disk = new Disk(DISK).partition(1, 2048, 10 * 2048);
  const growth = disk.plan(1)!;
  deepEqual([growth.startSector, growth.sectors, growth.writes.map(({ sector, bytes }) => [sector, bytes.length])], [2048, 39 * 2048, [[0, SECTOR]]]);
  deepEqual(disk.after(growth.writes).plan(1)?.writes, []);
});

test('a partition with another behind it does not grow, and one that is not there is named', async () => {
  const disk = new Disk(DISK).partition(1, 2048, 2048).partition(2, 8192, 2048);
  await rejects(() => disk.plan(1), 'partition-behind');
  await rejects(() => disk.plan(3), 'no-partition');
  equal(disk.plan(2)?.sectors, DISK - 8192);
});

test('a disk without a table has none to change', () => equal(new Disk(8).plan(1), undefined));

test('the last partition of a GPT grows, twice; each time a power cut after any write leaves a table that is whole', () => {
  let disk = new Disk(DISK).gpt(20 * 2048, [[2048, 4095], [4096, 20 * 2048 - 34]]);
  for (const sectors of [30 * 2048, DISK]) {
    const growth = disk.plan(2, sectors)!;
    equal(growth.sectors, sectors - 4096 - 2048);
    equal(growth.writes.length, 4);
    for (let done = 0; done <= 4; done += 1) {
      const again = disk.after(growth.writes.slice(0, done)).plan(2, sectors)!;
      equal(again.sectors, growth.sectors);
      equal(again.writes.length, done === 4 ? 0 : 4);
    }
    disk = disk.after(growth.writes);
  }
});

test('a damaged GPT, or one whose first partition leaves no room, is left alone', async () => {
  const damaged = new Disk(DISK).gpt(20 * 2048, [[2048, 4095]]);
  damaged.bytes[2 * SECTOR + 40] = 9;
  await rejects(() => damaged.plan(1), 'bad-gpt');
  await rejects(() => new Disk(DISK).gpt(20 * 2048, [[34, 4095]]).plan(1), 'no-room');
});
