// The tar archive that a build starts from, written as it is read: a context may be larger than the memory.

import { encodeUtf8, join, resolvePath, RosError } from '@drover/core';
import type { ByteSource, Host } from '@drover/host';
import type { Build } from '../model/service-parts.ts';
import { parseIgnoreRules } from './dockerignore.ts';
import { TAR_END, tarEntry } from './tar.ts';

/** Where a Dockerfile that is not in the context is put. */
const OUTSIDE = '.dockerfile-from-compose';

export interface BuildContext {
  readonly archive: ByteSource;
  /** The Dockerfile's path in it. */
  readonly dockerfile: string;
}

/** Throws `no-context`, `no-dockerfile`. */
export function openBuildContext(host: Pick<Host, 'files'>, build: Build): BuildContext {
  const { context } = build;
  if (host.files.stat(context)?.type !== 'directory') throw new RosError('no-context', `the build context ${context} is no folder`);
  const named = build.dockerfile ?? 'Dockerfile';
  const path = resolvePath(context, named);
  const inside = path.startsWith(`${context}/`) ? path.slice(context.length + 1) : undefined;
  if (build.dockerfile_inline === undefined && !host.files.exists(path)) throw new RosError('no-dockerfile', `there is no Dockerfile ${path}`);
  const own = build.dockerfile_inline ?? (inside === undefined ? host.files.readText(path) : undefined);
  const rules = host.files.readTextIfPresent(join(context, '.dockerignore')) ?? '';
  const ignored = parseIgnoreRules(rules);
  // The Dockerfile itself is sent even when a rule is against it.
  const entries = contextEntries(host, context, '', (one) => one !== inside && one !== '.dockerignore' && ignored(one), rules.includes('!'));
  return { archive: archiveOf(entries, own), dockerfile: own === undefined ? inside! : OUTSIDE };
}

function* contextEntries(host: Pick<Host, 'files'>, root: string, folder: string, ignored: (path: string) => boolean, takesBack: boolean): Generator<Uint8Array> {
  for (const name of host.files.list(join(root, folder))) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const full = join(root, path);
    const status = host.files.lstat(full);
    if (status === undefined) continue;
    const skip = ignored(path);
    if (skip && !(status.type === 'directory' && takesBack)) continue;
    const common = { path, mode: status.mode, mtimeSeconds: status.mtimeMs / 1000 };
    if (status.type === 'directory') {
      if (!skip) yield tarEntry({ ...common, type: 'directory' });
      yield* contextEntries(host, root, path, ignored, takesBack);
    } else if (status.type === 'symlink') {
      yield tarEntry({ ...common, type: 'symlink', target: host.files.readLink(full) });
    } else if (status.type === 'file') {
      yield tarEntry({ ...common, type: 'file', content: host.files.readBytes(full) });
    }
  }
}

function archiveOf(entries: Generator<Uint8Array>, dockerfile: string | undefined): ByteSource {
  const parts = allParts(entries, dockerfile);
  return {
    read: () => {
      const next = parts.next();
      return Promise.resolve(next.done === true ? undefined : next.value);
    },
    close: () => parts.return(undefined),
  };
}

function* allParts(entries: Generator<Uint8Array>, dockerfile: string | undefined): Generator<Uint8Array> {
  yield* entries;
  if (dockerfile !== undefined) yield tarEntry({ path: OUTSIDE, type: 'file', mode: 0o644, content: encodeUtf8(dockerfile) });
  yield TAR_END;
}
