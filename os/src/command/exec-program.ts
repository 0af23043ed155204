// Becoming another program, found as a shell finds it.

import { RosError } from '@drover/core';
import type { SystemHost } from '@drover/host';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** `env`: NAME=value. Throws `not-found`. */
export function execProgram(host: Pick<SystemHost, 'files' | 'kernel'>, command: readonly string[], env: readonly string[]): never {
  const [name = ''] = command;
  const path = env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? DEFAULT_PATH;
  const file = name.includes('/') ? name : path.split(':').map((folder) => `${folder === '' ? '.' : folder}/${name}`).find((candidate) => isProgram(host, candidate));
  if (file === undefined) throw new RosError('not-found', `there is no program ${name} in ${path}`);
  return host.kernel.exec(file, command, env);
}

function isProgram({ files }: Pick<SystemHost, 'files'>, path: string): boolean {
  const status = files.stat(path);
  return status?.type === 'file' && (status.mode & 0o111) !== 0;
}
