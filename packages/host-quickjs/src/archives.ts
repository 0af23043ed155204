// Tar archives over ros:pack and ros:unpack.

import type { Archives, PackedArchive, UnpackedArchive, UnpackOptions } from '@drover/host';
import * as native from 'ros:pack';
import { unpack } from 'ros:unpack';

const NO_JOURNAL = -1;

export class QuickjsArchives implements Archives {
  unpack(input: number, path: string, { layer = false, journal = NO_JOURNAL, keepKinds = false }: UnpackOptions = {}): UnpackedArchive {
    const { digest, archiveBytes, contentBytes } = unpack(input, path, journal, layer, keepKinds);
    return { sha256: new Uint8Array(digest), archiveBytes, contentBytes };
  }

  pack(output: number, path: string, name: string, { layer = false }: { readonly layer?: boolean } = {}): PackedArchive {
    const { digest, archiveBytes } = native.pack(output, path, name, layer);
    return { sha256: new Uint8Array(digest), archiveBytes };
  }

  assemble(output: number, journal: number, path: string): PackedArchive {
    const { digest, archiveBytes } = native.assemble(output, journal, path);
    return { sha256: new Uint8Array(digest), archiveBytes };
  }

  writeHeader(output: number, name: string, sizeBytes: number): void {
    native.header(output, name, sizeBytes);
  }

  writeContent(output: number, bytes: Uint8Array): void {
    native.content(output, bytes);
  }
}
