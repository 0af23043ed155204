// What the applet `archive` is asked to do, and what it reports: tar archives are made and unpacked in processes of
// their own, that see nothing but the folder or the container they work on.

/** A container's root in a mount namespace of the process: mounted there, with its volumes, and entered. */
export interface ContainerView {
  readonly root: string;
  /** Options of the overlay to mount at `root`; undefined when it is mounted already. */
  readonly overlay: string | undefined;
  readonly mounts: readonly { readonly source: string; readonly destination: string; readonly readWrite: boolean }[];
}

/** Into or from a folder of the machine, or the root of a container. */
export type Place = { readonly folder: string } | ContainerView;

export type SavedPart =
  | { readonly name: string; readonly text: string }
  /** A layer as it was unpacked: `sizeBytes` long. */
  | { readonly name: string; readonly folder: string; readonly journal: string; readonly sizeBytes: number }
  /** A layer that never was an archive: its folder as one. */
  | { readonly name: string; readonly folder: string; readonly sizeBytes: number };

export type ArchiveJob =
  /** Standard input into `path` of the place. */
  | { readonly kind: 'unpack'; readonly place: Place; readonly path: string; readonly layer: boolean; readonly keepKinds: boolean; readonly journal?: string }
  /** `path` of the place to standard output, as `name`; with an empty name what is in it. `layer`: with whiteouts. */
  | { readonly kind: 'pack'; readonly place: Place; readonly path: string; readonly name: string; readonly layer: boolean }
  /** The archive that was unpacked into the folder with this journal, byte by byte, to standard output. */
  | { readonly kind: 'assemble'; readonly folder: string; readonly journal: string }
  /** What is at `path`; nothing more. */
  | { readonly kind: 'look'; readonly place: Place; readonly path: string }
  /** An archive of these parts to standard output. */
  | { readonly kind: 'save'; readonly parts: readonly SavedPart[] };

/** As the API's X-Docker-Container-Path-Stat has it. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  /** Bits as Go's os.FileMode has them. */
  readonly mode: number;
  readonly mtime: string;
  readonly linkTarget: string;
}

/** Lines on descriptor 3. */
export type ArchiveReport =
  | { readonly found: PathStat | undefined }
  | { readonly done: true; readonly sha256?: string; readonly archiveBytes?: number; readonly contentBytes?: number }
  | { readonly failed: string; readonly code: string };

export const REPORT_DESCRIPTOR = 3;
