// Where the programs of User Docker are: a custom one in /usr/local/bin or /opt/bin, else the engine that ships.

import type { Files } from '@drover/host';

/** Fixed when the engine image is built: its programs name their loader and libraries by this path. */
export const ENGINE = '/var/lib/rancher/engine';

const FOLDERS = ['/usr/local/bin', '/opt/bin', ENGINE, '/usr/bin'];

export function findProgram(files: Files, name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => {
    const status = files.stat(path);
    return status?.type === 'file' && (status.mode & 0o111) !== 0;
  });
}

/** Go's collector lets the heap double before it runs; half of that is some 7 MB less for a third more work of its own. */
const COLLECTOR = 'GOGC=50';

/** `before`: a folder to look into before all others. */
export function engineEnvironment(base: readonly string[], before?: string): string[] {
  const kept = base.filter((entry) => !/^(PATH|TERM|HOME)=/.test(entry));
  return [...(kept.some((entry) => entry.startsWith('GOGC=')) ? [] : [COLLECTOR]), ...kept, `PATH=${before === undefined ? '' : `${before}:`}/usr/local/sbin:/usr/local/bin:/opt/bin:${ENGINE}:/usr/sbin:/usr/bin:/sbin:/bin`, 'HOME=/root'];
}
