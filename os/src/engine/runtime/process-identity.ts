// A process id alone can come to mean another process. With its start time it can't.

import type { Files } from '@drover/host';

/** Field 22 of /proc/PID/stat; undefined when there is no such process, or only what is left of it (a zombie). */
export function readProcessStart(files: Files, pid: number): string | undefined {
  const text = pid > 0 ? readStat(files, pid) : undefined;
  if (text === undefined) return undefined;
  // The name, in parentheses, may contain anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function readStat(files: Files, pid: number): string | undefined {
  try {
    return files.readTextIfPresent(`/proc/${pid}/stat`);
  } catch (error) {
    if ((error as { code?: string }).code === 'ESRCH') return undefined; // it ended while we read
    throw error;
  }
}

export function isSameProcess(files: Files, pid: number, start: string): boolean {
  return start !== '' && readProcessStart(files, pid) === start;
}
