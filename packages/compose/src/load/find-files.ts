// Which files a project is read from when nobody names them: those of the folder, or of the nearest folder above it.

import { dirname, join } from '@drover/core';
import type { Host } from '@drover/host';
import { FILE_NAMES, OVERRIDE_NAMES } from '../names.ts';

/** Empty when there is none. */
export function findFiles(host: Pick<Host, 'files'>, folder: string): readonly string[] {
  for (let at = folder; ; at = dirname(at)) {
    const file = FILE_NAMES.map((name) => join(at, name)).find((path) => host.files.exists(path));
    if (file !== undefined) {
      const override = OVERRIDE_NAMES.map((name) => join(at, name)).find((path) => host.files.exists(path));
      return override === undefined ? [file] : [file, override];
    }
    if (at === '/' || at === '.') return [];
  }
}
