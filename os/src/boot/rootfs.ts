// The root file system: finding rootfs.squashfs, and mounting its parts. The file is a chain of squashfs images, each
// at a 4 KiB boundary and as long as its superblock says; the folders of their roots are the parts (written by
// builder/src/rootfs/build-rootfs.ts).

import { basename, explain, RosError } from '@drover/core';
import type { Files, SystemHost } from '@drover/host';
import type { BlockDevice, ContentType } from './block-devices.ts';
import { listBlockDevices, probeContent } from './block-devices.ts';

/** An image of the chain, and its parts; all are names of mount points below /rootfs. */
interface Image {
  readonly name: string;
  readonly parts: readonly string[];
}

/** In the order of the chain. */
const CHAIN: readonly Image[] = [
  { name: 'fast', parts: ['modules', 'engine'] },
  { name: 'small', parts: ['system'] },
];

export const ISO_LABEL = 'DROVER';

/** Where the file may be on a medium, in order. */
const PLACES = ['boot/rootfs.squashfs', 'rootfs.squashfs'];

const ALIGNMENT = 4096;
const MAGIC = 0x73717368;

export interface ImagePlace extends Image {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Where the images are in a file or device of this size. Throws when the chain is broken. */
export function readChain(files: Files, path: string, totalBytes: number): ImagePlace[] {
  const file = files.open(path, 'read');
  const damaged = (what: string): RosError =>
    new RosError('rootfs-damaged', `${path} is damaged: ${what}`, { hint: 'write the medium anew and compare it with SHA256SUMS' });
  try {
    let offset = 0;
    const places: ImagePlace[] = [];
    for (const image of CHAIN) {
      const head = new Uint8Array(96);
      if (file.readAt(head, offset) < head.length) throw damaged(`it ends before its image "${image.name}"`);
      const view = new DataView(head.buffer);
      if (view.getUint32(0, true) !== MAGIC) throw damaged(`there is no squashfs for its image "${image.name}"`);
      // Up to the boundary: a loop device drops what does not fill a sector, and squashfs wants all of its last one.
      const sizeBytes = Math.ceil(Number(view.getBigUint64(40, true)) / ALIGNMENT) * ALIGNMENT;
      if (offset + sizeBytes > totalBytes) throw damaged(`its image "${image.name}" is cut off`);
      places.push({ ...image, offset, sizeBytes });
      offset += sizeBytes;
    }
    return places;
  } finally {
    file.close();
  }
}

export interface RootfsSource {
  /** The file, or the device itself. */
  readonly path: string;
  readonly sizeBytes: number;
  /** For the log. */
  readonly description: string;
}

export interface Search {
  /** Where a medium that has the file stays mounted. */
  readonly mountPoint: string;
  /** Makes sure that the kernel knows this type of file system. */
  readonly needFileSystem: (type: ContentType) => void;
  readonly onSkip: (device: BlockDevice, why: string) => void;
}

/** Looks once at everything that is there. */
export function findRootfs(host: SystemHost, search: Search): RootfsSource | undefined {
  const carried = host.files.stat('/rootfs.squashfs');
  if (carried !== undefined) return { path: '/rootfs.squashfs', sizeBytes: carried.sizeBytes, description: 'in the initrd' };
  for (const device of listBlockDevices(host)) {
    const content = probeContent(host.files, device.path);
    if (content?.type === 'squashfs') return { path: device.path, sizeBytes: device.sizeBytes, description: device.path };
    const candidate = content?.type === 'iso9660' ? content.label === ISO_LABEL : content?.type === 'ext4' && content.label.startsWith('RANCHER_');
    if (content === undefined || !candidate) continue;
    const found = tryMedium(host, device, content.type, search);
    if (found !== undefined) return found;
  }
  return undefined;
}

function tryMedium(host: SystemHost, device: BlockDevice, type: ContentType, { mountPoint, needFileSystem, onSkip }: Search): RootfsSource | undefined {
  try {
    needFileSystem(type);
    host.files.makeDirectory(mountPoint);
    // Looking must not replay a journal: the state partition is checked before anything writes to it.
    host.mounts.mount({ source: device.path, target: mountPoint, type, flags: ['ro', 'nosuid', 'nodev'], ...(type === 'ext4' && { data: 'noload' }) });
  } catch (error) {
    onSkip(device, explain(error));
    return undefined;
  }
  for (const place of PLACES) {
    const path = `${mountPoint}/${place}`;
    const status = host.files.stat(path);
    if (status?.type === 'file') return { path, sizeBytes: status.sizeBytes, description: `${place} on ${device.path}` };
  }
  host.mounts.unmount(mountPoint);
  return undefined;
}

/** `ros` is in the initrd, the images of its services are here. */
export function expectVersion(files: Files, root: string, version: string): void {
  const index = JSON.parse(files.readText(`${root}/rootfs/system/images.json`)) as { readonly version: string };
  if (index.version !== version) {
    throw new RosError('version-mismatch', `the initrd is of Drover ${version}, but rootfs.squashfs of ${index.version}`, { hint: 'boot vmlinuz, initrd and rootfs.squashfs of the same build' });
  }
}

/** Mounts every part below `root`/rootfs. */
export function mountRootfs(host: SystemHost, source: RootfsSource, root: string): void {
  for (const { name, parts, offset, sizeBytes } of readChain(host.files, source.path, source.sizeBytes)) {
    const target = `${root}/rootfs/${name}`;
    host.files.makeDirectory(target);
    const loop = host.mounts.attachLoop(source.path, offset, sizeBytes, true);
    try {
      // A page that is missing brings in its whole block; with the usual 128 KiB around it, the neighbour's, too.
      host.files.write(`/sys/block/${basename(loop.path)}/queue/read_ahead_kb`, '4\n');
      host.mounts.mount({ source: loop.path, target, type: 'squashfs', flags: ['ro', 'nodev'] });
    } finally {
      loop.close();
    }
    for (const part of parts) {
      host.files.makeDirectory(`${root}/rootfs/${part}`);
      host.mounts.mount({ source: `${target}/${part}`, target: `${root}/rootfs/${part}`, type: '', flags: ['bind'] });
    }
  }
}
