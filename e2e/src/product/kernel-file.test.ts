import { equal, test } from '@drover/testing';
import { KERNEL_HEADER_BYTES, kernelFault } from './kernel-file.ts';

/** Three sectors of set-up and 32 bytes of kernel. */
function header(): Uint8Array {
  const bytes = new Uint8Array(KERNEL_HEADER_BYTES);
  bytes[0x1f1] = 2;
  bytes[0x1f4] = 2;
  bytes.set(new TextEncoder().encode('HdrS'), 0x202);
  return bytes;
}

test('a kernel that is all there is one', () => {
  equal(kernelFault(header(), 3 * 512 + 32), undefined);
});

test('a kernel that is cut off says how much is missing', () => {
  equal(kernelFault(header(), 1000), 'is cut off: it has 1000 bytes of 1568');
});

test('anything else is not a kernel', () => {
  equal(kernelFault(new Uint8Array(KERNEL_HEADER_BYTES), 1 << 20), 'is not a Linux kernel');
  equal(kernelFault(new Uint8Array(), 0), 'is not a Linux kernel');
});
