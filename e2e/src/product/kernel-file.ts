// Whether a file can be a Linux kernel for x86 at all. QEMU takes anything for one and then shows a black screen for ever.
// Source: Linux, Documentation/arch/x86/boot.rst.

/** As much of the file's beginning as `kernelFault` reads. */
export const KERNEL_HEADER_BYTES = 0x206;

/** "HdrS". */
const MAGIC = [0x48, 0x64, 0x72, 0x53];
const SECTOR_BYTES = 512;
/** What `setup_sects` = 0 means. */
const OLD_SETUP_SECTORS = 4;

/** What is wrong with it; undefined when nothing is. `header`: the file's beginning. */
export function kernelFault(header: Uint8Array, sizeBytes: number): string | undefined {
  if (header.length < KERNEL_HEADER_BYTES || MAGIC.some((byte, i) => header[0x202 + i] !== byte)) return 'is not a Linux kernel';
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const setup = ((view.getUint8(0x1f1) || OLD_SETUP_SECTORS) + 1) * SECTOR_BYTES;
  const needed = setup + view.getUint32(0x1f4, true) * 16;
  return sizeBytes < needed ? `is cut off: it has ${sizeBytes} bytes of ${needed}` : undefined;
}
