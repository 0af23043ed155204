// What is mounted in this mount namespace (/proc/self/mountinfo, proc(5)).

import type { Files } from '@drover/host';

/** File systems that are on another machine, which may be gone. */
export const NETWORK_TYPES: readonly string[] = ['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', '9p'];

export interface MountEntry {
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  /** `shared:1`, `master:2`... */
  readonly propagation: readonly string[];
}

export function readMountTable(files: Files): MountEntry[] {
  return parseMountTable(files.readText('/proc/self/mountinfo'));
}

export function parseMountTable(text: string): MountEntry[] {
  return text.split('\n').flatMap((line) => {
    const words = line.split(' ');
    const dash = words.indexOf('-', 6);
    if (dash < 0) return [];
    return [{ mountPoint: unescape(words[4]!), type: words[dash + 1]!, source: unescape(words[dash + 2] ?? ''), propagation: words.slice(6, dash) }];
  });
}

/** Blanks and the like are written as octal. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
