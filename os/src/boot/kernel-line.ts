// The kernel command line. What follows `--` is for init alone (RancherOS keeps passwords there): once it is known, the
// machine and its services see /proc/cmdline without it.

import type { Files, SystemHost } from '@drover/host';
import type { Services } from '../services/service.ts';

export const KERNEL_LINE = '/proc/cmdline';
/** All of the line, root's; only there when something is hidden. */
const WHOLE_LINE = '/run/ros/kernel-line';
/** What everybody sees instead. */
export const SHOWN_LINE = '/run/ros/cmdline';

export function readKernelLine(files: Pick<Files, 'readText' | 'readTextIfPresent'>): string {
  return files.readTextIfPresent(WHOLE_LINE) ?? files.readText(KERNEL_LINE);
}

export function withoutElided(line: string): string {
  return `${line.trimEnd().replace(/(?:^|\s)--(?:\s[^]*)?$/, '')}\n`;
}

/** Of PID 1, after the configuration was read. */
export function hideElidedLine(host: SystemHost): void {
  if (host.files.exists(WHOLE_LINE)) return; // a PID 1 that was started again
  const line = host.files.readText(KERNEL_LINE);
  const shown = withoutElided(line);
  if (shown.trimEnd() === line.trimEnd()) return;
  host.files.write(WHOLE_LINE, line, { mode: 0o600 });
  host.files.write(SHOWN_LINE, shown);
  host.mounts.mount({ source: SHOWN_LINE, target: KERNEL_LINE, type: '', flags: ['bind'] });
}

/** A container has a /proc of its own. */
export function hideElidedWords(files: Pick<Files, 'exists'>, services: Services): Services {
  if (!files.exists(SHOWN_LINE)) return services;
  return Object.fromEntries(Object.entries(services).map(([name, service]) => [name, { ...service, volumes: [...(service.volumes ?? []), `${SHOWN_LINE}:${KERNEL_LINE}:ro`] }]));
}
