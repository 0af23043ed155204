// Paths inside a container's root, as seen from outside: its symbolic links lead to places inside it, never out.

import { join, RosError } from '@drover/core';
import type { Files } from '@drover/host';

const MOST_LINKS = 40;

/** Where `path` of the container is on the host; what does not exist is taken as written. Throws `too-many-links`. */
export function resolveInRoot(files: Files, root: string, path: string): string {
  let left = path.split('/');
  let at: string[] = [];
  for (let links = 0; left.length > 0; ) {
    const [part, ...rest] = left;
    left = rest;
    if (part === '..') {
      at = at.slice(0, -1);
      continue;
    }
    if (part === '.' || part === '') continue;
    const here = join(root, ...at, part!);
    if (files.lstat(here)?.type !== 'symlink') {
      at.push(part!);
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new RosError('too-many-links', `too many symbolic links in ${path}`);
    const target = files.readLink(here);
    if (target.startsWith('/')) at = [];
    left = [...target.split('/'), ...left];
  }
  return join(root, ...at);
}
