import { FakeHost } from '@drover/host';
import { deepEqual, match, rejects, test } from '@drover/testing';
import { readChain } from './rootfs.ts';

function chain(...sizes: readonly number[]): Uint8Array {
  const total = sizes.reduce((sum, size) => sum + Math.ceil(size / 4096) * 4096, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const size of sizes) {
    view.setUint32(offset, 0x73717368, true);
    view.setBigUint64(offset + 40, BigInt(size), true);
    offset += Math.ceil(size / 4096) * 4096;
  }
  return bytes;
}

test('each part starts at the next 4 KiB boundary after the one before it', () => {
  const host = new FakeHost();
  const bytes = chain(5000, 4096, 100, 9000);
  host.files.write('/r', bytes);
  deepEqual(readChain(host.files, '/r', bytes.length).map((part) => [part.name, part.offset, part.sizeBytes]), [
    ['system', 0, 8192],
    ['engine', 8192, 4096],
    ['modules', 12288, 4096],
    ['ros', 16384, 12288],
  ]);
});

test('a cut or garbled file is refused with the part that is hurt', async () => {
  const host = new FakeHost();
  const bytes = chain(5000, 4096, 100, 9000);
  const table: readonly (readonly [Uint8Array, RegExp])[] = [
    [bytes.slice(0, 20_000), /its part "ros" is cut off/],
    [bytes.slice(0, 9000), /ends before its part "engine"|part "engine" is cut off/],
    [new Uint8Array(100_000), /no squashfs for its part "system"/],
  ];
  for (const [content, expected] of table) {
    host.files.write('/r', content);
    const error = await rejects(() => readChain(host.files, '/r', content.length), 'rootfs-damaged');
    match(error.message, expected);
  }
});
