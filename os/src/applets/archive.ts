// `ros archive JOB`: one archive made or unpacked for System Docker (engine/archive/archive-job.ts). Its input is
// standard input, its output standard output, and what it found and did are lines of JSON on descriptor 3.

import { basename, encodeHex, encodeUtf8, codeOf, explain, join } from '@drover/core';
import type { FileStatus, PackedArchive, SystemHost } from '@drover/host';
import type { AppletContext } from '../applet.ts';
import type { ArchiveJob, ArchiveReport, ContainerView, PathStat, Place, SavedPart } from '../engine/archive/archive-job.ts';
import { REPORT_DESCRIPTOR } from '../engine/archive/archive-job.ts';
import { resolveInRoot } from '../engine/storage/scoped-path.ts';

const INPUT = 0;
const OUTPUT = 1;

export async function main({ host, args }: AppletContext): Promise<number> {
  const reports = host.children.sink(REPORT_DESCRIPTOR);
  const report = (line: ArchiveReport): Promise<void> => reports.write(encodeUtf8(`${JSON.stringify(line)}\n`));
  try {
    await run(host, JSON.parse(args[0] ?? '') as ArchiveJob, report);
    return 0;
  } catch (error) {
    await report({ failed: explain(error), code: codeOf(error) ?? '' });
    return 1;
  }
}

async function run(host: SystemHost, job: ArchiveJob, report: (line: ArchiveReport) => Promise<void>): Promise<void> {
  switch (job.kind) {
    case 'unpack': {
      const journal = job.journal === undefined ? undefined : host.children.openDescriptor(job.journal, 'write');
      enter(host, job.place);
      const { layer, keepKinds } = job;
      const result = host.archives.unpack(INPUT, job.path, { layer, keepKinds, ...(journal !== undefined && { journal }) });
      return report({ ...describe(result), contentBytes: result.contentBytes });
    }
    case 'pack': {
      enter(host, job.place);
      const found = look(host, job.path);
      await report({ found });
      if (found === undefined) return;
      return report(describe(host.archives.pack(OUTPUT, job.path, job.name, { layer: job.layer })));
    }
    case 'assemble':
      return report(describe(assemble(host, job.journal, job.folder)));
    case 'look':
      enter(host, job.place);
      return report({ found: look(host, job.path) });
    case 'save':
      for (const part of job.parts) savePart(host, part);
      host.archives.writeContent(OUTPUT, END_OF_ARCHIVE);
      return report({ done: true });
    default:
      throw new Error(`no such job: ${JSON.stringify(job satisfies never)}`);
  }
}

function describe({ sha256, archiveBytes }: PackedArchive): { readonly done: true; readonly sha256: string; readonly archiveBytes: number } {
  return { done: true, sha256: encodeHex(sha256), archiveBytes };
}

// ---- where it works

/** The place becomes the root of this process. */
function enter(host: SystemHost, place: Place): void {
  host.mounts.changeRoot('folder' in place ? place.folder : mountView(host, place));
}

/** Nobody else sees these mounts, and they end with this process. */
function mountView(host: SystemHost, { root, overlay, mounts }: ContainerView): string {
  host.kernel.leaveNamespaces(['mnt']);
  host.mounts.mount({ source: '', target: '/', type: '', flags: ['rprivate'] });
  if (overlay !== undefined) host.mounts.mount({ source: 'overlay', target: root, type: 'overlay', data: overlay });
  for (const { source, destination, readWrite } of mounts) {
    const target = resolveInRoot(host.files, root, destination);
    if (host.files.lstat(source) === undefined) continue;
    if (host.files.lstat(target) === undefined) makeMountPoint(host, target, host.files.stat(source)?.type === 'directory');
    host.mounts.mount({ source, target, type: '', flags: readWrite ? ['rbind'] : ['rbind', 'ro'] });
  }
  return root;
}

function makeMountPoint({ files }: SystemHost, path: string, isFolder: boolean): void {
  files.makeDirectory(isFolder ? path : join(path, '..'));
  if (!isFolder) files.write(path, '');
}

// ---- what is there

/** Bits of Go's os.FileMode. */
const KINDS: Readonly<Record<FileStatus['type'], number>> = {
  file: 0, directory: 2 ** 31, symlink: 2 ** 27, block: 2 ** 26, fifo: 2 ** 25, socket: 2 ** 24, character: 2 ** 26 + 2 ** 21,
};
const SPECIAL_BITS: readonly (readonly [number, number])[] = [[0o4000, 2 ** 23], [0o2000, 2 ** 22], [0o1000, 2 ** 20]];

function look({ files }: SystemHost, path: string): PathStat | undefined {
  const status = files.lstat(path);
  if (status === undefined) return undefined;
  const special = SPECIAL_BITS.reduce((sum, [bit, theirs]) => sum + ((status.mode & bit) === 0 ? 0 : theirs), 0);
  return {
    name: basename(path) || '/',
    size: status.sizeBytes,
    mode: KINDS[status.type] + special + (status.mode & 0o777),
    mtime: new Date(status.mtimeMs).toISOString(),
    linkTarget: status.type === 'symlink' ? resolveInRoot(files, '/', path) : '',
  };
}

// ---- layers and saved images

function assemble({ archives, children }: SystemHost, journalPath: string, folder: string): PackedArchive {
  const journal = children.openDescriptor(journalPath, 'read');
  try {
    return archives.assemble(OUTPUT, journal, folder);
  } finally {
    children.closeDescriptor(journal);
  }
}

const END_OF_ARCHIVE = new Uint8Array(1024);

/** What `assemble` and `pack` write is whole blocks. */
function savePart(host: SystemHost, part: SavedPart): void {
  const { archives } = host;
  if ('text' in part) {
    const bytes = encodeUtf8(part.text);
    archives.writeHeader(OUTPUT, part.name, bytes.length);
    archives.writeContent(OUTPUT, bytes);
    return;
  }
  archives.writeHeader(OUTPUT, part.name, part.sizeBytes);
  if ('journal' in part) assemble(host, part.journal, part.folder);
  else archives.pack(OUTPUT, part.folder, '', { layer: true });
}
