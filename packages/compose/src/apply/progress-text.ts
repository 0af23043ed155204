import type { ProgressLine } from '@drover/docker-api';

/** A line of what the engine says while it pulls, pushes or builds. */
export function textOf(line: ProgressLine): string {
  return (line.stream ?? [line.id, line.status, line.progress].filter((part) => part !== undefined && part !== '').join(' ')).replace(/\n$/, '');
}
