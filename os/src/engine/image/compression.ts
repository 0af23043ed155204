// How an archive is compressed, by its first bytes, and the program that undoes it.

interface Format {
  readonly magic: readonly number[];
  readonly command: readonly string[];
}

const FORMATS: readonly Format[] = [
  { magic: [0x1f, 0x8b], command: ['gunzip', '-c'] },
  { magic: [0x42, 0x5a, 0x68], command: ['bunzip2', '-c'] },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], command: ['unxz', '-c'] },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], command: ['unzstd', '-c'] },
];

/** Undefined of what is not compressed. */
export function decompressorOf(head: Uint8Array): readonly string[] | undefined {
  return FORMATS.find(({ magic }) => magic.every((byte, i) => head[i] === byte))?.command;
}
