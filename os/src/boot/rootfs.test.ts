import { FakeHost } from '@drover/host';
import { deepEqual, match, rejects, test } from '@drover/testing';
import { expectVersion, readChain } from './rootfs.ts';

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

test('each image starts at the next 4 KiB boundary after the one before it', () => {
  const host = new FakeHost();
  const bytes = chain(5000, 9000);
  host.files.write('/r', bytes);
  deepEqual(readChain(host.files, '/r', bytes.length).map((image) => [image.name, image.offset, image.sizeBytes]), [
    ['fast', 0, 8192],
    ['small', 8192, 12288],
  ]);
});

test('a cut or garbled file is refused with the image that is hurt', async () => {
  const host = new FakeHost();
  const bytes = chain(5000, 9000);
  const table: readonly (readonly [Uint8Array, RegExp])[] = [
    [bytes.slice(0, 16_000), /its image "small" is cut off/],
    [bytes.slice(0, 8000), /its image "fast" is cut off/],
    [bytes.slice(0, 8192), /ends before its image "small"/],
    [new Uint8Array(100_000), /no squashfs for its image "fast"/],
  ];
  for (const [content, expected] of table) {
    host.files.write('/r', content);
    const error = await rejects(() => readChain(host.files, '/r', content.length), 'rootfs-damaged');
    match(error.message, expected);
  }
});

test('a root file system of another version is refused with both versions', async () => {
  const host = new FakeHost();
  host.files.makeDirectory('/newroot/rootfs/system');
  host.files.write('/newroot/rootfs/system/images.json', '{"version": "0.0.9", "images": []}');
  const error = await rejects(() => expectVersion(host.files, '/newroot', '0.1.0'), 'version-mismatch');
  match(error.message, /initrd is of Drover 0\.1\.0, but rootfs\.squashfs of 0\.0\.9/);
  expectVersion(host.files, '/newroot', '0.0.9');
});
